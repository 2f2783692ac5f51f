"""Where the documentation stands on the web."""

from __future__ import annotations

HOME = "https://github.com/goescape/goescape"
_DOCS = f"{HOME}/blob/main/docs"
DIRECTIVES = f"{_DOCS}/directives.md"


def cause_page(code: str) -> str:
    """Where a cause is explained."""
    return f"{_DOCS}/causes.md#{code}"


def fix_page(code: str) -> str:
    """Where a fix is explained."""
    return f"{_DOCS}/fixes/{code}.md"
