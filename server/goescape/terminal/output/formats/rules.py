"""What each cause is called, and where it is explained."""

from __future__ import annotations

from goescape.analysis.model import Cause

HOME = "https://github.com/goescape/goescape"

DIRECTIVE = "directive"
"""The code of what is said about directives in the source."""
TITLES = {
    Cause.RETURNED: "A pointer outlives the function that made its value",
    Cause.CAPTURED: "A function literal holds on to a variable",
    Cause.STORED: "A pointer is stored in something on the heap",
    Cause.INTERFACE: "A value is put into an interface",
    Cause.PASSED: "A value is handed to a call that keeps it",
    Cause.INDIRECT: "A value is handed to a call whose callee the compiler does not know",
    Cause.TOO_LARGE: "A value is too large for the stack",
    Cause.DYNAMIC_SIZE: "The size is not known when compiling",
    Cause.GO_OR_DEFER: "A go or defer statement keeps a value",
    Cause.OTHER: "A value escapes to the heap",
}
"""One short sentence each, without a full stop."""


def help_page(code: str) -> str:
    """Where the documentation explains a cause."""
    return f"{HOME}/blob/main/docs/causes.md#{code}"
