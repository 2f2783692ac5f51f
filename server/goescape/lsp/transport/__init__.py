"""Bytes and JSON-RPC messages."""

from __future__ import annotations
