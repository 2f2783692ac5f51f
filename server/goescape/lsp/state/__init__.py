"""What the editor shows and what is known of its packages."""

from __future__ import annotations
