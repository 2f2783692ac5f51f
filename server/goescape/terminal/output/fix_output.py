"""What ``goescape fix`` prints: diffs, questions, and the table at the end."""

from __future__ import annotations

import difflib
import io
import sys
from typing import TYPE_CHECKING

from goescape.analysis.messages.documentation import fix_page
from goescape.terminal.output import compare_output
from goescape.terminal.output.style import Style, printable
from goescape.terminal.output.text_output import count, shown_place
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from goescape.fixes.candidate import Candidate
    from goescape.terminal.commands.fix_outcome import FixOptions, FixOutcome
    from goescape.toolchain.proofs.prover import Proof

QUESTION = "Apply it? [y]es, [n]o, [a]ll of them, [q]uit: "
_ANSWERS = {"y": "yes", "yes": "yes", "n": "no", "no": "no", "a": "all", "all": "all"}
_MOST_REASONS = 20


class FixScreen:
    """Shows proofs and asks about them."""

    def __init__(
        self, request: FixOptions, style: Style, here: Path, *, quiet: bool = False
    ) -> None:
        self._quiet = quiet
        self._style = style
        self._here = here
        self._asks = not (request.diff or request.yes or request.measure)

    def decide(self, proof: Proof) -> str:
        """Show a proof and ask; what is not understood is asked again."""
        for line in render(proof, self._style, self._here):
            print(line)
        sys.stdout.flush()
        while self._asks:
            try:
                answer = input(self._style.paint("strong", QUESTION)).strip().lower()
            except EOFError:
                print()
                return "quit"
            if answer in {"q", "quit"}:
                return "quit"
            if answer in _ANSWERS:
                self._asks = _ANSWERS[answer] != "all"
                return _ANSWERS[answer]
        return "yes"

    def show(self, proof: Proof, parts: Sequence[Candidate]) -> None:
        """Show what is written unasked, proved as one."""
        if self._quiet:
            return
        for line in render(proof, self._style, self._here, parts):
            print(line)
        sys.stdout.flush()


def render(
    proof: Proof, style: Style, here: Path, parts: Sequence[Candidate] = ()
) -> Iterator[str]:
    """A proof: what it does (each of its parts), what was proved, its page, and the diff."""
    catalogue, shown = style.catalogue, parts or (proof.candidate,)
    for candidate in shown:
        place = style.paint("strong", shown_place(candidate.at, here))
        code = style.paint("faint", f"({candidate.code})")
        yield f"{place}: {style.prose(printable(candidate.headline(catalogue)))} {code}"
        if caution := candidate.caution(catalogue):
            yield f"  {style.paint('warning', 'Look at this')}: {printable(caution)}"
    yield f"  {printable(proof.sentence(catalogue))}"
    for code in dict.fromkeys(candidate.code for candidate in shown):
        yield style.paint("faint", f"  docs: {fix_page(code)}")
    for path, new in proof.contents.items():
        yield from diff_lines(shown_path(path, here), proof.originals[path], new, style)
    yield ""


def diff_lines(name: str, old: bytes, new: bytes, style: Style) -> Iterator[str]:
    """Hunks that ``git apply`` and ``patch`` take."""
    roles = {"+": "information", "-": "error", "@": "faint"}
    before, after = (
        io.StringIO(text.decode("utf-8", "replace"), newline="\n").readlines()
        for text in (old, new)
    )
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
        ending = "\r" if line.endswith("\r\n") else ""
        text = line.removesuffix("\n").removesuffix("\r")
        shown = "".join(c if c in _KEPT else printable(c) for c in text) + ending
        role = "strong" if line.startswith(("+++", "---")) else roles.get(line[:1], "")
        yield style.paint(role, shown) if role else shown
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


_KEPT = "\t\ufeff"
"""Tabs, and the byte order mark: without it a first line would not be that of the file."""


def render_summary(outcome: FixOutcome, style: Style) -> Iterator[str]:
    """The table: what fits, what was proved, what was written, and why the rest was not."""
    codes = sorted({*outcome.tallies, *(code for code, _ in outcome.reasons)})
    if not codes:
        yield "Nothing to fix."
        return
    width = max(len(code) for code in [*codes, "fix"])
    yield style.paint("strong", f"{'fix':{width}}  fits  proved  written  refused")
    for code in codes:
        tally = outcome.of(code)
        refused = sum(n for (its, _), n in outcome.reasons.items() if its == code)
        numbers = f"{tally.fits:4}  {tally.proved:6}  {tally.written:7}  {refused:7}"
        yield f"{code:{width}}  {numbers}"
    for (code, reason), number in outcome.reasons.most_common(_MOST_REASONS):
        why = style.catalogue.reason(reason)
        yield style.paint("faint", printable(f"  {number} x {code}: {why}"))
    if outcome.left:
        yield f"{outcome.left} not looked at: --everywhere offers what seldom runs or is generated."
    if outcome.files:
        yield f"{count(len(outcome.files), 'file')} changed."
    if outcome.benchmarks:
        yield ""
        yield from compare_output.render_benchmarks(outcome.benchmarks, style)
