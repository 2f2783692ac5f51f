"""Loading and removing profiles by name; every editor can send these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.profiles import ProfileProblem, count_text, packages, size_text
from goescape.lsp.paths import path_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from goescape.analysis.profiles import Profile
    from goescape.lsp.session import Session

LOAD_PROFILE = "goescape.loadProfile"
REMOVE_PROFILE = "goescape.removeProfile"
_NO_FILE = "name the file of a heap profile, as `go test -memprofile` writes it."


async def load_profile(session: Session, arguments: Sequence[object]) -> dict[str, object] | None:
    """Read a profile (its path or URI, then perhaps a name for it); what is in it."""
    match arguments:
        case [str(file), str(name), *_] if file and name:
            path = _path(session, file)
        case [str(file), *_] if file:
            path = name = _path(session, file)
        case _:
            session.editor.warning(_NO_FILE)
            return None
    try:
        profile = await session.profiles.load(path, name)
    except ProfileProblem as problem:
        session.editor.error(str(problem))
        return None
    session.editor.spawn(session.profiles.follow())
    _tell(session, profile, name)
    return {"name": name, "objects": profile.objects, "bytes": profile.bytes}


async def remove_profile(session: Session, arguments: Sequence[object]) -> list[str]:
    """Forget a profile (its name, path or URI; without: all); the names of those that are left."""
    match arguments:
        case [str(name), *_] if name:
            if not (session.profiles.remove(name) or session.profiles.remove(_path(session, name))):
                loaded = ", ".join(session.profiles.names) or "none is"
                session.editor.warning(f"no profile {name} is loaded; loaded: {loaded}.")
        case _:
            for name in session.profiles.names:
                session.profiles.remove(name)
    return list(session.profiles.names)


def _tell(session: Session, profile: Profile, name: str) -> None:
    amount = f"{size_text(profile.bytes)}, {count_text(profile.objects)} objects"
    known = {each.package for each in session.store.packages()}
    of = [*packages(profile)]
    if known and not known & {each.removesuffix("_test") for each in of} and "main" not in of:
        session.editor.warning(
            f"{name} ({amount}) has nothing of the packages that were analysed; "
            f"most of it is of {of[0]}."
        )
    else:
        session.editor.information(f"{name}: {amount}")


def _path(session: Session, file: str) -> str:
    """The file of a path, which may be relative to the first folder, or of a URI."""
    path = path_of(file) or file
    return str(Path(session.folders[0], path)) if session.folders else path


PROFILE_COMMANDS: dict[str, Callable[[Session, Sequence[object]], Awaitable[object]]] = {
    LOAD_PROFILE: load_profile,
    REMOVE_PROFILE: remove_profile,
}
