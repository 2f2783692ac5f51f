"""Running the compiler: whole builds, single packages by plan, and their reports."""

from __future__ import annotations
