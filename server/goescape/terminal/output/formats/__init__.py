"""Formats of a check's outcome that other programs read."""
