"""The names of commands that code actions send."""

from __future__ import annotations

BENCH = "goescape.bench"
SHOW_FLOW = "goescape.showFlow"
APPLY_FIX = "goescape.applyFix"
APPLY_AND_TEST = "goescape.applyAndTest"
