"""What the user can ask for by name; every editor can send these."""

from __future__ import annotations
