"""goescape: which Go values escape to the heap, and why."""

from __future__ import annotations

__version__ = "0.1.0"
