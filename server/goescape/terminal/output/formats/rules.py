"""The code of what no cause explains, for the formats of other programs."""

from __future__ import annotations

DIRECTIVE = "directive"
"""The code of what is said about directives in the source."""
