"""Where values go through the functions of a package."""

from __future__ import annotations
