"""What is analysed when: changes, requests, events."""

from __future__ import annotations
