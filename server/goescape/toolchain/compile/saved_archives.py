"""The machine code of a saved package: compiled to the end, into a folder that is removed again.

What the user waits for stops the compiler where code generation begins
(``toolchain/compile/planned_compile.py``). This takes the rest of the time when nobody waits, and
leaves nothing in the build cache.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from goescape.toolchain.compile.listed_variants import planned_variants
from goescape.toolchain.go.process import reading
from goescape.toolchain.go.process_command import NICENESS, temporary_folder
from goescape.toolchain.tasks import uninterrupted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from goescape.toolchain.compile.build_plan import BuildPlan, Variant
    from goescape.toolchain.compile.planner import BuildPlanner
    from goescape.toolchain.facts.typed_reports import CheckedVariant


@contextlib.asynccontextmanager
async def saved_archives(
    planner: BuildPlanner, plan: BuildPlan, exports: Mapping[str, str]
) -> AsyncIterator[Sequence[CheckedVariant]]:
    """The variants of a package with their archives, as long as the context lasts.

    Empty where one does not compile. Raises GoProblem.
    """
    environment = await planner.environment()
    folder = temporary_folder(environment)  # in a thread, a cancellation would lose its name
    try:
        yield await _compiled(planner, plan, exports, Path(folder))
    finally:
        await uninterrupted(asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True))


async def _compiled(
    planner: BuildPlanner, plan: BuildPlan, exports: Mapping[str, str], folder: Path
) -> list[CheckedVariant]:
    variants = []
    for number, (variant, checked) in enumerate(
        zip(plan.variants, planned_variants(plan, exports, {}), strict=True)
    ):
        archive = folder / f"{number}.a"
        if not all(exports.get(path) for path in variant.packages):
            continue
        if not await _compiles(planner, plan, variant, exports, archive):
            return []
        variants.append(evolve(checked, archive=str(archive)))
    return variants


async def _compiles(
    planner: BuildPlanner,
    plan: BuildPlan,
    variant: Variant,
    exports: Mapping[str, str],
    archive: Path,
) -> bool:
    work = {**variant.work, "importcfg": variant.import_file(exports)}
    arguments = (*variant.arguments, *variant.listed.files)
    command = await planner.compiler_command(plan.root, arguments, work, output=str(archive))
    async with reading(evolve(command, niceness=NICENESS), lambda _: False) as outcome:
        return await outcome == 0
