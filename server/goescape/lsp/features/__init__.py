"""One module for each thing that an editor can ask for."""

from __future__ import annotations
