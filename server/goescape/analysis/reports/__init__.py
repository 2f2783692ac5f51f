"""What is asked of a finished report, and how one is stored."""

from __future__ import annotations
