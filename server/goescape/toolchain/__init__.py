"""Everything that touches Go or the disk: finding go, packages, compiling, watching."""

from __future__ import annotations
