"""What Go itself knows of a package, beside the compiler's text, and what that means."""

from __future__ import annotations
