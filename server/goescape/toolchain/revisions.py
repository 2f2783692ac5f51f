"""A revision of a git repository in a folder of its own; the working tree is left alone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.toolchain.go.process import ProcessOutput, capture
from goescape.toolchain.go.process_command import Command
from goescape.toolchain.problems import GoProblem
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_SECONDS = 120.0
_PRESENT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


class RevisionProblem(Exception):  # noqa: N818 - a sentence for the user, the name says so
    """A revision cannot be had; one sentence: what happened, and what to do."""


@contextlib.asynccontextmanager
async def exported(folder: Path, revision: str) -> AsyncIterator[Path]:
    """The whole repository around a folder as it was at a revision, until the context ends.

    Gives the counterpart of the folder; it may not have existed then.
    Git's index, refs and configuration stay what they are, and nothing is fetched. Raises
    RevisionProblem.
    """
    git = shutil.which("git")
    if git is None:
        raise RevisionProblem("git was not found: install it, or compare with --baseline FILE.")
    top = Path((await _asked(git, folder, "rev-parse", "--show-toplevel")).strip())
    commit = await _commit(git, folder, revision)
    target, below = await asyncio.to_thread(_target, folder, top)
    try:
        await _export(git, top, commit, target)
        yield target / below
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, target, ignore_errors=True))


def _target(folder: Path, top: Path) -> tuple[Path, str]:
    """An empty folder, and where in it the counterpart of a folder will be."""
    # Go names files by their real folders.
    target = os.path.realpath(tempfile.mkdtemp(prefix="goescape-revision-"))
    return Path(target), os.path.relpath(os.path.realpath(folder), os.path.realpath(top))


async def _commit(git: str, folder: Path, revision: str) -> str:
    if revision.startswith("-"):
        raise RevisionProblem(f"{revision} is no revision.")
    wanted = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    result = await _git(git, folder, *wanted)
    if result.code == 0:
        return result.output.strip()
    shallow = (await _asked(git, folder, "rev-parse", "--is-shallow-repository")).strip()
    if shallow == "true":
        raise RevisionProblem(
            f"{revision} is not in this shallow clone: fetch it first, as with "
            "`git fetch --unshallow` (in GitHub's checkout action: fetch-depth: 0)."
        )
    raise RevisionProblem(f"{revision} names no commit of this repository; see `git log`.")


async def _export(git: str, top: Path, commit: str, target: Path) -> None:
    """Without git archive, which leaves out what .gitattributes says."""
    folder = Path(tempfile.mkdtemp(prefix="goescape-index-"))
    try:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        for arguments in (
            ("read-tree", commit),
            ("checkout-index", "--all", "--force", f"--prefix={target}{os.sep}"),
        ):
            done = await _git(git, top, *arguments, environment=index)
            if done.code:
                raise RevisionProblem(
                    f"{commit[:12]} cannot be written to {target}: {_first_line(done)}"
                )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _asked(git: str, folder: Path, *arguments: str) -> str:
    done = await _git(git, folder, *arguments)
    if done.code:
        reason = _first_line(done)
        raise RevisionProblem(
            f"{folder} is in no git repository that can be read ({reason}); compare with "
            "--baseline FILE instead."
        )
    return done.output


def _first_line(done: ProcessOutput) -> str:
    return next((line for line in done.errors.splitlines() if line.strip()), "git gives no reason")


async def _git(
    git: str, folder: Path, *arguments: str, environment: dict[str, str] | None = None
) -> ProcessOutput:
    clean = {name: value for name, value in os.environ.items() if name not in _PRESENT}
    # No network, no questions, no hooks; filters that the user has set up run as in a checkout.
    clean |= {"GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "1", "GIT_OPTIONAL_LOCKS": "0"}
    clean |= {"GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C", **(environment or {})}
    no_hooks = ("-c", f"core.hooksPath={os.devnull}")
    command = Command((git, *no_hooks, *arguments), str(folder), clean, niceness=0)
    try:
        return await capture(command, _SECONDS)
    except GoProblem as problem:
        raise RevisionProblem(f"git did not answer: {problem.message}") from None
