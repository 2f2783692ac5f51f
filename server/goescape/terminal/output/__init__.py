"""What commands print: for people, and for programs."""

from __future__ import annotations
