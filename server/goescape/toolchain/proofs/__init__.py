"""Whether fixes hold: candidates compiled in an overlay."""

from __future__ import annotations
