"""Edits that several rewrites make."""

from __future__ import annotations
