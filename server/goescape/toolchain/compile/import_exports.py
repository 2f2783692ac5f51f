"""Where the compiler finds what packages import; what does not change is asked for once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.toolchain.compile.planned_compile import NotPlannedError

if TYPE_CHECKING:
    from goescape.toolchain.compile.build_plan import BuildPlan
    from goescape.toolchain.compile.planner import BuildPlanner

_MOST_MODULES = 8
_STANDARD = ""
"""Stands for the versions of the standard library, which has those of the toolchain."""


class ImportExports:
    """Export files by import path, kept for as long as the versions are the same."""

    def __init__(self, planner: BuildPlanner) -> None:
        self._planner = planner
        self._by_versions: dict[object, dict[str, str]] = {}

    def forget(self) -> None:
        """Ask again: the build cache may have been cleaned."""
        self._by_versions.clear()

    async def of(self, plan: BuildPlan) -> dict[str, str]:
        """What the variants import, built where it is not; without variants of the package.

        Raises NotPlannedError when something cannot be built.
        """
        wanted = {
            path for variant in plan.variants for path in variant.packages if " [" not in path
        }
        wanted.discard(plan.path)
        exports = self._known(plan, wanted)
        missing = sorted(wanted - exports.keys())
        if not missing:
            return exports
        built = await self._planner.export_files(plan.root, missing)
        if not all(built.get(path) for path in missing):
            raise NotPlannedError
        for path, file in built.items():
            if path in plan.standard:
                self._by_versions.setdefault(_STANDARD, {})[path] = file
            elif path not in plan.near:
                self._by_versions.setdefault(plan.modules, {})[path] = file
        while len(self._by_versions) > _MOST_MODULES:
            del self._by_versions[next(iter(self._by_versions))]
        return {**exports, **built}

    def _known(self, plan: BuildPlan, wanted: set[str]) -> dict[str, str]:
        exports = {
            **self._by_versions.get(_STANDARD, {}),
            **self._by_versions.get(plan.modules, {}),
        }
        return {path: exports[path] for path in wanted & exports.keys()}
