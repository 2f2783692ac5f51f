"""Loading and removing profiles by name; every editor can send these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import amount_text, percent_text, reason_text, share_text
from goescape.analysis.profiles.allocation_profile import ProfileProblem, packages
from goescape.lsp.uris import path_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.positions import Place
    from goescape.analysis.profiles.allocation_profile import Profile
    from goescape.analysis.profiles.joined_profile import ProfileLine
    from goescape.lsp.session import Session
    from goescape.lsp.state.snapshot import WorkspaceSnapshot

_MOST_SOURCES = 30


async def load_profile(session: Session, arguments: Sequence[object]) -> dict[str, object] | None:
    """Read a profile (its path or URI, then perhaps a name for it); what is in it."""
    match arguments:
        case [str(file), str(name), *_] if file and name:
            path = _path(session, file)
        case [str(file), *_] if file:
            path = name = _path(session, file)
        case _:
            session.editor.warning(session.state.catalogue.tell.name_a_profile)
            return None
    try:
        profile = await session.state.profiles.load(path, name)
    except ProfileProblem as problem:
        session.editor.error(str(problem))
        return None
    session.editor.spawn(session.state.profiles.follow())
    _tell(session, profile, name)
    return {"name": name, "objects": profile.objects, "bytes": profile.bytes}


async def remove_profile(session: Session, arguments: Sequence[object]) -> list[str]:
    """Forget a profile (its name, path or URI; without: all); the names of those that are left."""
    profiles = session.state.profiles
    match arguments:
        case [str(name), *_] if name:
            if not (profiles.remove(name) or profiles.remove(_path(session, name))):
                catalogue = session.state.catalogue
                loaded = catalogue.comma.join(profiles.names) or catalogue.tell.none
                session.editor.warning(catalogue.tell.no_profile.format(name=name, loaded=loaded))
        case _:
            for name in profiles.names:
                profiles.remove(name)
    return list(profiles.names)


async def top_allocations(session: Session, _: Sequence[object]) -> dict[str, object] | None:
    """What allocates most according to the profiles, explained or not; null without any."""
    profiles, snapshot = session.state.profiles, session.state.workspace()
    joined = await profiles.everywhere(snapshot.packages)
    if joined is None:
        return None
    snapshot = session.state.workspace()  # positions are of what the editor shows by now
    return {
        "profiles": list(snapshot.profile_names),
        "amount": _amount(joined.profile, snapshot.catalogue),
        "sources": [_source(snapshot, source) for source in joined.sources[:_MOST_SOURCES]],
        "more": max(len(joined.sources) - _MOST_SOURCES, 0),
    }


def _source(snapshot: WorkspaceSnapshot, source: ProfileLine) -> dict[str, object]:
    finding = source.finding
    place = source.place or source.called_from
    return {
        "function": source.function,
        "message": reason_text(source, snapshot.catalogue)
        if finding is None
        else explain.message(finding, snapshot.catalogue),
        "share": share_text(source.share, snapshot.catalogue),
        "percent": percent_text(source.share, snapshot.catalogue),
        "hot": source.share.is_hot,
        "location": None if place is None else _location(snapshot, place),
    }


def _location(snapshot: WorkspaceSnapshot, place: Place) -> dict[str, object]:
    at = snapshot.positions.position(place.file, place.line, max(place.column, 1))
    end = {"line": at.line, "character": at.character}
    return {"uri": snapshot.documents.uri(place.file), "range": {"start": end, "end": end}}


def _amount(profile: Profile, catalogue: Catalogue) -> str:
    return amount_text(profile.bytes, profile.objects, catalogue)


def _tell(session: Session, profile: Profile, name: str) -> None:
    catalogue = session.state.catalogue
    amount = _amount(profile, catalogue)
    analysed = {package.package for package in session.state.packages.packages()}
    seen = [*packages(profile)]
    own = {package.removesuffix("_test") for package in seen}
    if analysed and not analysed & own and "main" not in seen:
        warning = catalogue.tell.other_program.format(name=name, amount=amount, other=seen[0])
        session.editor.warning(warning)
    else:
        session.editor.information(f"{name}: {amount}")


def _path(session: Session, file: str) -> str:
    """The file of a path, which may be relative to the first folder, or of a URI."""
    path = path_of(file) or file
    folders = session.state.folders
    return str(Path(folders[0], path)) if folders else path
