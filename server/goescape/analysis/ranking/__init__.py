"""How much a finding matters, and what comments in the source say about it."""

from __future__ import annotations
