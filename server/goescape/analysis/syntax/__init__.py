"""What stands in the source: texts, nodes, scopes, files and packages of Go."""

from __future__ import annotations
