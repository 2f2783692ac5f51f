"""Every command with what it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from goescape.lsp import command_names as names
from goescape.lsp.commands import analysis, benchmarks, fixes, navigation, profiles, workspace
from goescape.lsp.session import Session

Command: TypeAlias = Callable[[Session, Sequence[object]], Awaitable[object]]

COMMANDS: dict[str, Command] = {
    names.ANALYZE_PACKAGE: analysis.analyze_package,
    names.ANALYZE_WORKSPACE: analysis.analyze_workspace,
    names.PAUSE_WORKSPACE: analysis.pause_workspace,
    names.RESTART: analysis.restart,
    names.SHOW_OUTPUT: analysis.show_output,
    names.SHOW_ALLOCATIONS: navigation.show_allocations,
    names.SHOW_FLOW: navigation.show_flow,
    names.APPLY_FIX: fixes.apply_fix,
    names.APPLY_AND_TEST: fixes.apply_and_test,
    names.APPLY_AND_MEASURE: fixes.apply_and_measure,
    names.PACKAGES: workspace.packages,
    names.SITES: workspace.sites,
    names.FILE: workspace.file,
    names.SHOW_REPORT: workspace.show_report,
    names.LOAD_PROFILE: profiles.load_profile,
    names.REMOVE_PROFILE: profiles.remove_profile,
    names.TOP_ALLOCATIONS: profiles.top_allocations,
    names.BENCH: benchmarks.bench,
}
