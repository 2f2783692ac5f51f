"""The command line: the same engine as the editor, for people and for scripts."""

from __future__ import annotations
