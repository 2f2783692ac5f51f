"""One module for each command: it does the work, and prints nothing."""

from __future__ import annotations
