"""Around every handler: what goes wrong is logged, and the request is answered with null."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from pygls.exceptions import JsonRpcException

if TYPE_CHECKING:
    from collections.abc import Callable

    from goescape.lsp.handlers import Handler
    from goescape.lsp.session import Session

_log = logging.getLogger(__name__)


def guarded(session: Session, method: str, handler: Handler) -> Callable[..., Any]:
    """The handler inside the safety net."""
    if asyncio.iscoroutinefunction(handler):

        async def answer_later(params: Any = None) -> Any:
            try:
                return await handler(session, params)
            except JsonRpcException:
                raise
            except Exception as problem:
                log_failure(method, problem)
                return None

        return answer_later

    def answer(params: Any = None) -> Any:
        try:
            return handler(session, params)
        except JsonRpcException:
            raise
        except Exception as problem:
            log_failure(method, problem)
            return None

    return answer


class _Argument:
    """Any JSON value. pygls compares annotations with its server's class, and `Any` is no class
    in Python 3.10, and `object` too wide a one.
    """


def guarded_command(session: Session, name: str, command: Handler) -> Callable[..., Any]:
    """The command inside the safety net, as pygls calls it."""
    handler = guarded(session, name, command)

    async def run_command(*arguments: _Argument) -> Any:
        return await handler(arguments)

    return run_command


def log_failure(method: str, problem: Exception) -> None:
    """What failed, with its traceback."""
    _log.error("%s failed", method, exc_info=problem)
