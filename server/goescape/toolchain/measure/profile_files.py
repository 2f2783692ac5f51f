"""Profiles on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.profiles.allocation_profile import Profile, ProfileProblem

if TYPE_CHECKING:
    from collections.abc import Callable

_CLOCK_SECONDS = 1.0
"""Some file systems keep no smaller parts of a second."""


def load(path: str) -> Profile:
    """The profile in a file, which may take seconds when it is large. Raises ProfileProblem."""
    from goescape.analysis.profiles import reader  # noqa: PLC0415 - protobuf is for who needs it

    file = Path(path)
    try:
        if file.stat().st_size > reader.LARGEST:
            raise ProfileProblem(reader.too_large(path))
        content = file.read_bytes()
    except FileNotFoundError:
        raise ProfileProblem(
            f"{path} does not exist; write one with `go test -bench . -memprofile FILE`."
        ) from None
    except OSError as problem:
        raise ProfileProblem(
            f"{path} cannot be read ({problem.strerror}); name the file of a profile."
        ) from None
    return reader.read(content, path)


def changed_since(profile: Profile) -> Callable[[str], bool]:
    """Tells of files whether they were written after the profile was taken."""

    def changed(path: str) -> bool:
        try:
            return Path(path).stat().st_mtime > profile.taken + _CLOCK_SECONDS
        except OSError:
            return True

    return changed if profile.taken else lambda _path: True
