"""What else allocates, apart from what escapes."""

from __future__ import annotations

import enum


class UnexplainedReason(str, enum.Enum):
    """Why an allocation has no finding; catalogues have the words."""

    MAP = "map growth"
    APPEND = "append"
    CHANNEL = "channel"
    GOROUTINE = "goroutine"
    DEFER = "defer"
    RUNTIME = "runtime"
    STACK = "too large for the stack"
    OTHER_PACKAGE = "other package"
    UNKNOWN = "unknown"
