"""Runs tests with `go test`: the user's code, so only ever on request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from goescape.toolchain.go.error_text import plain_sentence
from goescape.toolchain.go.process import capture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.toolchain.go.go_commands import GoCommands
    from goescape.toolchain.go.package_queries import PackageQueries

TEST_SECONDS = 600.0
"""How long a package's tests may take: what go test itself allows by default."""


async def failing_tests(
    commands: GoCommands, packages: PackageQueries, overlay: Mapping[str, bytes]
) -> str | None:
    """Why the tests of the packages of these files fail with other texts; None if they pass.

    Raises GoProblem.
    """
    homes = [await packages.home(path) for path in overlay]
    for root in dict.fromkeys(home.root for home in homes):
        patterns = dict.fromkeys(home.pattern for home in homes if home.root == root)
        command = await commands.command(root, "test", *commands.build_flags, "--", *patterns)
        answer = await capture(evolve(command, overlay=overlay), TEST_SECONDS)
        if answer.code != 0:
            lines = (answer.output + answer.errors).splitlines()
            failures = [line.strip() for line in lines if "FAIL" in line] or lines[-1:]
            return plain_sentence(failures[:1]) if failures else "go test failed without a word"
    return None
