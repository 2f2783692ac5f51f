"""What a goescape could not remove because it was killed: the next one does, a day later."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time

_SHORT_LIVED = ("goescape-go-", "goescape-bench-", "goescape-index-", "goescape-revision-")
"""How temporary folders begin that are needed as long as one command runs."""
_OLD_SECONDS = 86_400.0


def remove_stale_folders() -> None:
    """Remove temporary folders that nobody can be using any more."""
    last = time.time() - _OLD_SECONDS
    with contextlib.suppress(OSError), os.scandir(tempfile.gettempdir()) as entries:
        for entry in entries:
            if entry.name.startswith(_SHORT_LIVED) and entry.is_dir(follow_symlinks=False):
                with contextlib.suppress(OSError):  # another one was faster
                    if entry.stat(follow_symlinks=False).st_mtime < last:
                        shutil.rmtree(entry.path, ignore_errors=True)
