"""Questions about names and variables of a file that several rewrites ask."""

from __future__ import annotations
