"""How editors are told about goescape."""

from __future__ import annotations
