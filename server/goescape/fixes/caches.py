"""Caches of what rewrites find out about code: they hold on to its syntax trees."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from functools import _lru_cache_wrapper

_T = TypeVar("_T")
_CACHES: list[_lru_cache_wrapper[object]] = []


def cached(most: int) -> Callable[[Callable[..., _T]], _lru_cache_wrapper[_T]]:
    """Like ``lru_cache``, for answers about a package that ``forget`` ends."""

    def decorate(function: Callable[..., _T]) -> _lru_cache_wrapper[_T]:
        wrapped = lru_cache(maxsize=most)(function)
        _CACHES.append(wrapped)
        return wrapped

    return decorate


def forget() -> None:
    """Let go of all code, when the work on a package is done."""
    for cache in _CACHES:
        cache.cache_clear()
