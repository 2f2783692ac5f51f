"""Completion and hover for directives in comments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.positions import Span
from goescape.analysis.ranking.directives import HELP, DirectiveKind, directive_at
from goescape.lsp.features.hover import HoverCard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.positions import Place
    from goescape.lsp.state.snapshot import DocumentSnapshot


@frozen
class Completion:
    """A directive that may be meant, and the range that it would replace."""

    text: str
    help: str
    span: Span


def completions(snapshot: DocumentSnapshot, at: Place) -> Iterator[Completion]:
    """What may be meant by a comment that ends at the point, as ``//goes``."""
    if snapshot.text is None:
        return
    before = snapshot.text.line(at.line)[: at.column - 1]
    begun = _BEGUN.search(before)
    if begun is None:
        return
    span = Span(at.file, at.line, begun.start() + 1, at.line, at.column)
    for order in DirectiveKind:
        text = f"//goescape:{order.value}"
        if text.startswith(begun[0].decode()):
            yield Completion(
                f"{text} " if order is DirectiveKind.IGNORE else text, HELP[order], span
            )


def card(snapshot: DocumentSnapshot, at: Place) -> HoverCard | None:
    """What the directive at a point does."""
    if snapshot.text is None:
        return None
    line = snapshot.text.line(at.line)
    start = line.rfind(b"//go")
    start = line.rfind(b"//gcassert:") if start < 0 else start
    if start < 0 or at.column <= start:
        return None
    order = directive_at(line[start:].decode("utf-8", "replace").rstrip())
    if order is None:
        return None
    span = Span(at.file, at.line, start + 1, at.line, len(line.rstrip()) + 1)
    return HoverCard(HELP[order], span, snapshot.client.markdown)


_BEGUN = re.compile(rb"//(?:g[a-z]*|goescape:[a-z]*)$")
