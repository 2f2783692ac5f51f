"""How all of it is said, in every language."""

from __future__ import annotations
