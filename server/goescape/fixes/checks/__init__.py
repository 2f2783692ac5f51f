"""Whether a change is safe: what a compiler cannot judge."""

from __future__ import annotations
