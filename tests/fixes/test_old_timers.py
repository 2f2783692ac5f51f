"""What depends on the version of the language that the module asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.fixes.rewrites.reuse_timer import REWRITE
from tests.fixes.trying import Workshop, snippets_of

if TYPE_CHECKING:
    from pathlib import Path

SNIPPET = """=== refused: a loop
import "time"

func run(ch chan int) {
	for {
		select {
		case <-ch:
		case <-time.After(time.Second):
			return
		}
	}
}
"""


async def test_the_timers_before_go_1_23_are_left_alone(tmp_path: Path, go_path: str) -> None:
    workshop = Workshop(tmp_path, go_path, REWRITE, "1.22")
    tried = (await workshop.try_all(snippets_of(SNIPPET)))["a_loop"]
    assert tried.results == []
    assert tried.reasons == [
        "Before Go 1.23 in go.mod, Reset leaves what the timer has already sent."
    ]
