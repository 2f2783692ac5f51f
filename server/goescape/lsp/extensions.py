"""What goescape adds to the protocol, apart from its commands; all of it is in docs/protocol.md."""

from __future__ import annotations

STATUS = "goescape/status"
"""A notification: what goescape is doing."""
RESULTS_CHANGED = "goescape/resultsChanged"
"""A notification: what was found may be something else now."""
NOTIFICATIONS = (STATUS, RESULTS_CHANGED)

WANTS_STATUS = "goescapeStatus"
TELLS_PROBLEMS = "goescapeProblems"
SHOWS_RESULTS = "goescapeResults"
SHOWS_PLACES = "goescapePlaces"
FLAGS = (WANTS_STATUS, TELLS_PROBLEMS, SHOWS_RESULTS, SHOWS_PLACES)
"""What a client may say of itself, in ``capabilities.experimental``."""

WHY = "goescape.why"
FIX_ALL = "source.fixAll.goescape"
ACTION_KINDS = (FIX_ALL, WHY)
"""The kinds of code actions that the protocol does not have."""
