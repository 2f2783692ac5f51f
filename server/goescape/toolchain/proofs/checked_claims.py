"""What Go says of claims about types, in words that do not speak of the code that asked for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.syntax.source import SourceText

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.analysis.model import CompileError
    from goescape.fixes.candidate import TypeClaim


def wrong_claim(
    claims: Sequence[TypeClaim],
    sources: Mapping[str, SourceText],
    contents: Mapping[str, bytes],
    error: CompileError,
) -> Reason:
    """Which of the claims is wrong, by the error in ``contents``, where they all are written."""
    claim = _claim_at(claims, contents, error) or claims[0]
    written = sources[claim.file].content[claim.start : claim.end].decode("utf-8", "replace")
    match = _MISMATCH.match(error.message)
    if match is None:
        return Reason.of(ReasonCode.TYPE_NOT_CONFIRMED, expression=written, wanted=claim.type)
    actual = match["actual"]
    return Reason.of(ReasonCode.TYPE_DIFFERS, expression=written, type=actual, wanted=claim.type)


def _claim_at(
    claims: Sequence[TypeClaim], contents: Mapping[str, bytes], error: CompileError
) -> TypeClaim | None:
    if error.place is None:
        return None
    for file, content in contents.items():
        if len(contents) > 1 and file != error.place.file:
            continue  # an overlay may give a file another name, but not the only one
        offset, shift = SourceText(file, content).offset(error.place.line, error.place.column), 0
        for claim in sorted(claims, key=lambda claim: claim.start):
            if claim.file != file or offset is None:
                continue
            start = claim.start + shift
            shift += sum(len(edit.text.encode()) for edit in claim.edits())
            if start <= offset < claim.end + shift:
                return claim
    return None


_MISMATCH = re.compile(r"cannot use &v \(value of type \*(?P<actual>.+)\) as \*.+ value in return")
