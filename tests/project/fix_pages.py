"""The pages of ``docs/fixes``, made of what the rewrites declare."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.catalogues import language_names
from goescape.analysis.messages.languages import catalogue_of
from goescape.fixes.candidate import FixKind, Promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.fixes.rewrite import Rewrite

INDEX = "README.md"
_FIELD = re.compile(r"\{\w+\}")
_PROMISES = {
    Promise.GONE: "the allocation is gone",
    Promise.OUT_OF_LOOP: "the allocation is no longer in the loop",
    Promise.STAYS_AT_CALLS: "the object stays on the stack of callers that inline the function",
    Promise.ON_BRANCH: "the variable stays on the stack and its copy alone is allocated",
    Promise.GUARDED: "the allocation is made only behind the check",
}
_UNSEEN = (
    "The compiler prints nothing of this allocation, so that rules on the syntax must carry the "
    "promise. It does confirm that everything still builds and that nothing else escapes or moves "
    "into a loop."
)
_TRADE = "There it is a rewrite, which is never applied unasked."
_KINDS = {
    FixKind.QUICK_FIX: "Quick fix: the program does the same.",
    FixKind.REWRITE: "Rewrite: a trade that only you can judge, never applied unasked.",
}


def pages(rewrites: Iterable[Rewrite]) -> dict[str, str]:
    """The text of every page by the name of its file."""
    declared = tuple(rewrites)
    texts = {f"{rewrite.code}.md": "".join(_page(rewrite)) for rewrite in declared}
    return {INDEX: "".join(_index(declared)), **texts}


def _page(rewrite: Rewrite) -> Iterator[str]:
    yield f"# {rewrite.title}\n\n"
    yield f"`{rewrite.code}`. {_KINDS[rewrite.kind]}"
    if rewrite.since > (1, 21):
        yield f" Needs Go {rewrite.since[0]}.{rewrite.since[1]} or later in `go.mod`."
    yield f"\n\n{rewrite.brings}\n\n"
    if rewrite.variants:
        shown = [f'"{_FIELD.sub("…", variant)}"' for variant in rewrite.variants]
        yield f"It is offered as {' or '.join(shown)}.\n\n"
    yield f"Before:\n\n```go\n{rewrite.before}```\n\n"
    yield f"After:\n\n```go\n{rewrite.after}```\n\n"
    if rewrite.look_at is not None:
        yield f"## What to look at\n\n{rewrite.look_at}\n\n"
    if rewrite.look_at_trade is not None:
        yield f"## Where it is a trade\n\n{rewrite.look_at_trade} {_TRADE}\n\n"
    yield "## What is checked\n\n"
    yield from (f"- {sentence}\n" for sentence in rewrite.checks)
    yield f"\n{_proof(rewrite)} See [how fixes are proved](../fixes.md).\n\n"
    yield "## When it is refused\n\nAmong others, when\n\n"
    yield from (f"- {clause}\n" for clause in rewrite.refused_when)
    yield f"\nIn the terminal: `goescape fix --only {rewrite.code}`. [All fixes](README.md)\n"


def _proof(rewrite: Rewrite) -> str:
    if rewrite.promise is Promise.UNSEEN:
        return _UNSEEN
    return (
        f"The compiler proves that {_PROMISES[rewrite.promise]}, that everything still builds, "
        "and that nothing else escapes or moves into a loop."
    )


def _index(rewrites: tuple[Rewrite, ...]) -> Iterator[str]:
    yield "# Fixes\n\n"
    yield (
        "Each has a page with an example, what is checked, and when it is refused. "
        "[How fixes are proved](../fixes.md) is a page of its own. A code may be given to "
        "`goescape fix --only CODE`.\n"
    )
    for kind, meaning in _KINDS.items():
        yield f"\n{meaning}\n\n| Code | What it does |\n| --- | --- |\n"
        for rewrite in rewrites:
            if rewrite.kind is kind:
                yield f"| [`{rewrite.code}`]({rewrite.code}.md) | {rewrite.title} |\n"
    for language in sorted(language_names()):
        if codes := _untranslated(rewrites, language):
            yield f"\nEnglish also in `{language}`: {', '.join(f'`{code}`' for code in codes)}.\n"


def _untranslated(rewrites: tuple[Rewrite, ...], language: str) -> list[str]:
    """The codes whose titles, or what to look at, a language does not have yet."""
    if language == "en":
        return []
    words = catalogue_of(language).fixes.keys()
    return [
        rewrite.code for rewrite in rewrites if not words >= {*rewrite.titles, *rewrite.cautions}
    ]
