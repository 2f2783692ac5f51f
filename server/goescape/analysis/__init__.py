"""What the compiler's text means. Pure: no processes, no files, no asyncio, no protocol types."""

from __future__ import annotations
