"""One module per rewrite, named after its code; helpers are outside."""

from __future__ import annotations
