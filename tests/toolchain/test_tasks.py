"""Work has ended when its caller goes on, however often that was cancelled."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING

import pytest

from goescape.toolchain.tasks import gather_all, gather_both, in_order, uninterrupted, with_timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Work:
    """Takes a few turns of the event loop to end after it was cancelled."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ended = False

    async def run(self) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await uninterrupted(self._clean_up())

    async def _clean_up(self) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        self.ended = True


async def test_too_long() -> None:
    work = Work()
    with pytest.raises(asyncio.TimeoutError):
        await with_timeout(0.01, work.run())
    assert work.ended


@pytest.mark.parametrize("cancels", [1, 2, 3])
@pytest.mark.parametrize(
    "waiting", [lambda work: with_timeout(60, work.run()), lambda work: gather_all([work.run()])]
)
async def test_cancelled_again_and_again(
    waiting: Callable[[Work], Coroutine[None, None, object]], cancels: int
) -> None:
    work = Work()
    task = asyncio.ensure_future(waiting(work))
    await work.begun.wait()
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.ended


async def test_a_failure_ends_the_others() -> None:
    work = Work()

    async def fail() -> None:
        await work.begun.wait()
        raise ValueError("first")

    with pytest.raises(ValueError, match="first"):
        await gather_all([work.run(), fail()])
    assert work.ended


async def test_results_come_in_order() -> None:
    async def number(value: int) -> int:
        for _ in range(3 - value):
            await asyncio.sleep(0)
        return value

    assert await gather_all(number(value) for value in range(3)) == [0, 1, 2]
    assert await gather_all([]) == []
    assert await gather_both(number(1), number(2)) == (1, 2)


async def test_the_next_ones_already_run() -> None:
    begun: list[int] = []

    async def number(value: int) -> int:
        begun.append(value)
        await asyncio.sleep(0)
        return value

    async with aclosing(in_order((number(value) for value in range(5)), 2)) as numbers:
        assert await anext(numbers) == 0
        assert begun == [0, 1]
        assert [value async for value in numbers] == [1, 2, 3, 4]
        assert begun == [0, 1, 2, 3, 4]


async def test_nobody_waits_for_what_already_runs() -> None:
    async def fail() -> None:
        raise ValueError("first")

    work = Work()
    with pytest.raises(ValueError, match="first"):
        async with aclosing(in_order(iter([fail(), work.run()]), 2)) as results:
            await anext(results)
    assert work.ended
