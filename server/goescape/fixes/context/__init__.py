"""What a rewrite may look at: the package, what it imports, who calls it."""

from __future__ import annotations
