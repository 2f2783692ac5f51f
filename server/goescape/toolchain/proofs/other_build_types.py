"""Checks the types of new texts in the builds that have files which the present one leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.build_constraints import target_of
from goescape.toolchain.go.vet import type_error
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from goescape.analysis.syntax.build_constraints import Target
    from goescape.analysis.syntax.source import SourceText
    from goescape.toolchain.engine import Engine


async def error_elsewhere(
    engine: Engine,
    root: str,
    pattern: str,
    files: Iterable[SourceText],
    contents: Mapping[str, bytes],
) -> Reason | None:
    """Why a package with new contents does not compile where these files count; None if it does.

    A file that no build can be found for is a reason, too.
    """
    present, go = await engine.target(), (await engine.go()).number
    wanted: dict[Target, list[str]] = {}
    for file in files:
        target = target_of(file, present, go)
        if target is None:
            return Reason.of(ReasonCode.NO_BUILD_HAS, file=_name(file.path))
        wanted.setdefault(target, []).append(file.path)
    for target, paths in wanted.items():
        other = engine.building_for(target)
        try:
            built = await other.packages.files_of(root, pattern)
            error = await type_error(other.commands, root, (pattern,), contents)
        except GoProblem as problem:
            message = problem.message
            return Reason.of(ReasonCode.GO_FAILS_FOR, target=target.shown, error=message)
        if left := [path for path in paths if path not in built]:
            return Reason.of(ReasonCode.NO_BUILD_HAS, file=_name(left[0]))
        if error:
            message = error.message
            return Reason.of(ReasonCode.DOES_NOT_COMPILE_FOR, target=target.shown, error=message)
    return None


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]
