"""The commands that clients may send, by what they do; ``docs/protocol.md`` says more of each."""

from __future__ import annotations

ANALYZE_PACKAGE = "goescape.analyzePackage"
ANALYZE_WORKSPACE = "goescape.analyzeWorkspace"
PAUSE_WORKSPACE = "goescape.pauseWorkspaceAnalysis"
RESTART = "goescape.restart"
SHOW_OUTPUT = "goescape.showOutput"
SHOW_ALLOCATIONS = "goescape.showAllocations"
SHOW_FLOW = "goescape.showFlow"
APPLY_FIX = "goescape.applyFix"
APPLY_AND_TEST = "goescape.applyAndTest"
APPLY_AND_MEASURE = "goescape.applyAndMeasure"
PACKAGES = "goescape.packages"
SITES = "goescape.sites"
FILE = "goescape.file"
SHOW_REPORT = "goescape.showReport"
LOAD_PROFILE = "goescape.loadProfile"
REMOVE_PROFILE = "goescape.removeProfile"
TOP_ALLOCATIONS = "goescape.topAllocations"
BENCH = "goescape.bench"

NAMES: tuple[str, ...] = (
    ANALYZE_PACKAGE,
    ANALYZE_WORKSPACE,
    PAUSE_WORKSPACE,
    RESTART,
    SHOW_OUTPUT,
    SHOW_ALLOCATIONS,
    SHOW_FLOW,
    APPLY_FIX,
    APPLY_AND_TEST,
    APPLY_AND_MEASURE,
    PACKAGES,
    SITES,
    FILE,
    SHOW_REPORT,
    LOAD_PROFILE,
    REMOVE_PROFILE,
    TOP_ALLOCATIONS,
    BENCH,
)
"""All of them."""
