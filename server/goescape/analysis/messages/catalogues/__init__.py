"""One module for each language, named after it; ``languages`` finds them."""

from __future__ import annotations
