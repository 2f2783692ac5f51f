"""What the compiler prints, line by line, as values."""

from __future__ import annotations
