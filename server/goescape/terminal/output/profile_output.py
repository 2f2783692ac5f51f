"""What a profile says, for people and for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.amounts import amount_text, reason_text, share_text
from goescape.analysis.profiles.joined_profile import top
from goescape.terminal.output.style import Style, printable
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.positions import Place
    from goescape.analysis.profiles.joined_profile import (
        AllocationShare,
        JoinedProfile,
        ProfileLine,
    )

_MOST = 10


def render(
    joined: JoinedProfile,
    style: Style,
    here: Path,
    everything: str = "; --format json has all of them",
) -> Iterator[str]:
    """The list of what allocates most, whether a finding explains it or not.

    ``everything`` says where all of it is.
    """
    profile, catalogue = joined.profile, style.catalogue
    amount = amount_text(profile.bytes, profile.objects, catalogue)
    head = catalogue.profile.top.format(name=printable(profile.name), amount=amount)
    yield style.paint("strong", head)
    shown = list(top(joined, _MOST))
    for source in shown:
        yield f"  {share_text(source.share, catalogue)}"
        yield f"    {style.prose(printable(_what(source, catalogue, here)))}"
    if rest := len(joined.sources) - len(shown):
        more = catalogue.profile.more.format(count=rest, everything=everything)
        yield style.paint("faint", f"  {more}")
    if any(source.place is not None for source in joined.sources):
        explained = catalogue.profile.explained.format(percent=f"{joined.explained * 100:.1f} %")
        yield style.paint("faint", f"  {explained}")


def _what(source: ProfileLine, catalogue: Catalogue, here: Path) -> str:
    if source.finding is not None:
        return f"{_shown(source.place, here)}: {explain.message(source.finding, catalogue)}"
    if source.place is not None:
        text = reason_text(source, catalogue, in_function=True)
        return f"{_shown(source.place, here)}: {text}"
    function, reason = source.function, reason_text(source, catalogue)
    if source.called_from is not None:
        place = _shown(source.called_from, here)
        function = catalogue.profile.called_from.format(function=function, place=place)
    return f"{function}: {reason}" if source.function else reason


def _shown(place: Place | None, here: Path) -> str:
    if place is None:
        return ""
    column = f":{place.column}" if place.column else ""
    return f"{shown_path(place.file, here)}:{place.line}{column}"


def members(share: AllocationShare) -> dict[str, object]:
    """A share as JSON; the parts are between 0 and 1."""
    return {
        "objects": share.objects,
        "bytes": share.bytes,
        "of_objects": round(share.of_objects, 6),
        "of_bytes": round(share.of_bytes, 6),
        "approximate": share.approximate,
    }


def source_members(source: ProfileLine, folder: Path) -> dict[str, object]:
    """A line that allocates as JSON."""
    place, called = source.place, source.called_from
    return {
        "function": source.function,
        "file": shown_path(place.file, folder) if place else None,
        "line": place.line if place else None,
        "called_from": f"{shown_path(called.file, folder)}:{called.line}" if called else None,
        "callee": source.callee or None,
        "subject": source.finding.subject if source.finding else None,
        "reason": source.reason.value if source.reason else None,
        **members(source.share),
    }
