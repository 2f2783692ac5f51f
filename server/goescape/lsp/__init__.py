"""The editor side: the only importers of pygls and lsprotocol."""

from __future__ import annotations
