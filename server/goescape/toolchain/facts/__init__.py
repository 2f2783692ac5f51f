"""A Go program of ours that answers questions with Go's own libraries: built once, kept running."""

from __future__ import annotations
