"""What outlives the process: results on the disk."""

from __future__ import annotations
