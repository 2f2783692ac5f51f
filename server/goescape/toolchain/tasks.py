"""Waiting for work that must have ended afterwards, whatever cancels it."""

from __future__ import annotations

import asyncio
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Iterable

_T = TypeVar("_T")
_U = TypeVar("_U")


async def uninterrupted(work: Awaitable[_T]) -> _T:
    """Await to the end although cancelled; the cancellation is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:  # noqa: PERF203 - once per cancellation
            cancelled = True
    if cancelled:
        raise asyncio.CancelledError
    return task.result()


async def with_timeout(seconds: float, work: Awaitable[_T]) -> _T:
    """Await some work, but not longer than this; whatever happens, it has ended afterwards.

    ``asyncio.wait_for`` leaves it running when it is cancelled twice. Raises asyncio.TimeoutError.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
    finally:
        if not task.done():
            task.cancel()
            await uninterrupted(asyncio.wait({task}))
    if not done:
        raise asyncio.TimeoutError
    return task.result()


async def gather_all(works: Iterable[Awaitable[_T]]) -> list[_T]:
    """The results of works that run at the same time; the first failure ends the others.

    ``asyncio.gather`` would leave those running.
    """
    tasks = [asyncio.ensure_future(work) for work in works]
    if not tasks:
        return []
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await uninterrupted(asyncio.wait(tasks))
    failed = [task for task in tasks if not task.cancelled() and task.exception() is not None]
    return [task.result() for task in failed or tasks]


async def in_order(works: Iterable[Awaitable[_T]], at_once: int) -> AsyncGenerator[_T, None]:
    """The results of works in their order, while the next ones already run."""
    running: deque[asyncio.Future[_T]] = deque()
    left = iter(works)
    try:
        while True:
            more = islice(left, at_once - len(running))
            running.extend(asyncio.ensure_future(work) for work in more)
            if not running:
                return
            await asyncio.wait({running[0]})
            yield running.popleft().result()
    finally:
        for task in running:
            task.cancel()
        if running:
            await uninterrupted(asyncio.wait(running))


async def gather_both(first: Awaitable[_T], second: Awaitable[_U]) -> tuple[_T, _U]:
    """The results of two works, like ``gather_all``."""
    task, other = asyncio.ensure_future(first), asyncio.ensure_future(second)
    await gather_all((task, other))
    return task.result(), other.result()
