"""The names of commands that code actions send."""

from __future__ import annotations

SHOW_FLOW = "goescape.showFlow"
APPLY_FIX = "goescape.applyFix"
APPLY_AND_TEST = "goescape.applyAndTest"
