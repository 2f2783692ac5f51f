"""Allocation sites: where they are, what they do at run time, and why they escape."""

from __future__ import annotations
