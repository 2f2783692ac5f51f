"""``python -m goescape``."""

from __future__ import annotations

import sys

from goescape.terminal.main import main

if __name__ == "__main__":
    sys.exit(main())
