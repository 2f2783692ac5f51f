"""The go command: finding it, running it, what it says of packages."""

from __future__ import annotations
