"""Code actions: which are offered at a place, as plain values."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves it
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import current_catalogue
from goescape.analysis.positions import Span
from goescape.fixes.candidate import FixKind
from goescape.lsp.command_names import APPLY_AND_TEST, SHOW_FLOW
from goescape.lsp.features.code_action import (
    CodeAction,
)
from goescape.lsp.features.diagnostics import Notice, is_quiet
from goescape.toolchain.proofs.offers import note, obstacle, preferred, reason_to_leave

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from goescape.analysis.messages.reason import Reason
    from goescape.analysis.model import Finding
    from goescape.fixes.candidate import Candidate, Refusal
    from goescape.lsp.session import Session
    from goescape.lsp.state.report_view import ReportView
    from goescape.toolchain.proofs.offers import FixOffers
    from goescape.toolchain.proofs.prover import Proof

WHY = "goescape.why"
FIX_ALL = "source.fixAll.goescape"
KINDS = (FixKind.QUICK_FIX.value, FixKind.REWRITE.value, FIX_ALL, WHY)
_MOST_FLOWS = 4
_LONGEST_AT = 5
"""Lines; a longer place shows its fixes on its first line only."""


@frozen
class ActionRequest:
    """A request: the lines (1-based) and the kinds that the client wants."""

    path: str
    first: int
    last: int
    only: tuple[str, ...] = ()

    def wants(self, kind: str) -> bool:
        """Whether a kind is asked for; what belongs on save must be asked for by name."""
        if not self.only:
            return not kind.startswith("source")
        return any(kind == only or kind.startswith(f"{only}.") for only in self.only)

    @property
    def wants_refused(self) -> bool:
        """Whether it is about refactorings: there, what is not possible is shown disabled."""
        return any(only.partition(".")[0] == "refactor" for only in self.only)

    def touches(self, first: int, last: int) -> bool:
        """Whether lines are among those that are asked for."""
        return first <= self.last and self.first <= last


def code_actions(session: Session, asked: ActionRequest) -> list[CodeAction]:
    """What can be done there, the obvious first."""
    found = session.fixes.look(asked.path, asked.first)
    fixes = list(_fixes(session, asked, found))
    fixes.sort(key=lambda each: (not each.preferred, bool(each.disabled)))
    flows = list(_flows(session, asked)) if asked.wants(WHY) else []
    return [*fixes, *_fix_all(session, asked, found), *flows]


def named(session: Session, data: Mapping[str, object]) -> Proof | None:
    """The proof behind an action's data, if it holds for the text that is shown now."""
    path = data.get("file")
    if not isinstance(path, str):
        return None
    found = session.fixes.look(path)
    if data.get("fix") == FIX_ALL:
        return found.together
    return next((p for p in found.proofs if _name(path, p.candidate) == data), None)


def _fixes(session: Session, asked: ActionRequest, found: FixOffers) -> Iterator[CodeAction]:
    obvious = preferred(found.proofs)
    for proof in found.proofs:
        candidate = proof.candidate
        if not _is_at(candidate.at, candidate.target, asked) or reason_to_leave(candidate.target):
            continue
        kind = candidate.kind.value
        reason = obstacle(proof.contents, session.folders)
        if reason:
            if _shows_refused(session, asked):
                yield _disabled(candidate, reason, asked)
            continue
        if asked.wants_refused:
            text = current_catalogue().text("apply and test", title=candidate.headline)
            arguments = (_name(asked.path, candidate),)
            yield CodeAction(
                text, FixKind.REWRITE.value, command=APPLY_AND_TEST, arguments=arguments
            )
        if asked.wants(kind):
            changes = session.fixes.changes(proof)
            if changes is not None:
                yield CodeAction(
                    title(proof),
                    kind,
                    proof in obvious,
                    _notice(session, asked.path, candidate.target),
                    proof=proof,
                    changes=changes,
                    data=_name(asked.path, candidate),
                )
    if _shows_refused(session, asked):
        yield from _refused(asked, found)


def _refused(asked: ActionRequest, found: FixOffers) -> Iterator[CodeAction]:
    """What was tried and is not offered, with the reason."""
    for disproof in found.disproofs:
        candidate = disproof.candidate
        if _is_at(candidate.at, candidate.target, asked):
            yield _disabled(candidate, disproof.reason, asked)
    for refusal in found.refusals:
        if _is_at(refusal.at, None, asked):
            yield _disabled(refusal, refusal.reason, asked)


def _disabled(fix: Candidate | Refusal, reason: Reason, asked: ActionRequest) -> CodeAction:
    why = current_catalogue().reason(reason)
    return CodeAction(fix.headline, _refused_kind(asked), disabled=why)


def _fix_all(session: Session, asked: ActionRequest, found: FixOffers) -> Iterator[CodeAction]:
    proof = found.together
    if proof is None or not asked.wants(FIX_ALL) or obstacle(proof.contents, session.folders):
        return
    changes = session.fixes.changes(proof)
    if changes is not None:
        data = {"file": asked.path, "fix": FIX_ALL}
        text = current_catalogue().text("apply all", proof=proof.sentence)
        yield CodeAction(text, FIX_ALL, proof=proof, changes=changes, data=data)


def title(proof: Proof) -> str:
    """What a fix does, and its proof."""
    candidate, words = proof.candidate, current_catalogue()
    notes = [proof.sentence]
    if candidate.caution:
        notes.append(words.text("look at this", what=candidate.caution))
    if hint := note(proof):
        notes.append(hint)
    return f"{candidate.headline} ({words.pause.join(notes).rstrip('.。')})"


def _flows(session: Session, asked: ActionRequest) -> Iterator[CodeAction]:
    """Why something is on the heap; for cold code, that it may stay there."""
    words = current_catalogue()
    found = [
        finding for finding, _ in zip(_findings(session, asked), range(_MOST_FLOWS), strict=False)
    ]
    for finding in found:
        text = words.text("why escape")
        if len(found) > 1:
            text = words.text("why escapes", subject=f"`{_subject(finding)}`")
        if reason := reason_to_leave(finding):
            short = reason[0].lower() + reason[1:].rstrip(".。")
            text = words.text("leave it", reason=short, question=text)
        anchor = finding.anchor
        arguments = (session.buffers.uri(asked.path), anchor.line, anchor.column, finding.subject)
        notice = _notice(session, asked.path, finding)
        yield CodeAction(text, WHY, notice=notice, command=SHOW_FLOW, arguments=arguments)


def _findings(session: Session, asked: ActionRequest) -> Iterator[Finding]:
    facts = session.facts(asked.path)
    if is_quiet(facts, session.settings):
        return
    seen = set()
    for view in facts.views:
        names = view.names(asked.path)
        for finding in view.report.diagnostics():
            span = view.span(finding.span) if finding.span.file in names else None
            if span is None or finding.rank.is_hidden:
                continue
            if asked.touches(span.line, span.line) and (span, finding.subject) not in seen:
                seen.add((span, finding.subject))
                yield finding


def _subject(finding: Finding) -> str:
    short = " ".join(finding.subject.split())
    return short if len(short) <= 40 else f"{short[:39]}…"


def _is_at(at: Span, target: Finding | None, asked: ActionRequest) -> bool:
    last = at.end_line if at.end_line - at.line < _LONGEST_AT else at.line
    here = target is not None and target.span.file == at.file
    line = target.span.line if target is not None and here else at.line
    return asked.touches(at.line, last) or asked.touches(line, line)


def _notice(session: Session, path: str, finding: Finding | None) -> Notice | None:
    if finding is None:
        return None
    anchor = {"line": finding.anchor.line, "column": finding.anchor.column}
    for notice in session.publisher.notices(path):
        known = notice.data.get("anchor")
        same = isinstance(known, dict) and anchor.items() <= known.items()
        if same and notice.data.get("subject") == finding.subject:
            return notice
    return None


def _shows_refused(session: Session, asked: ActionRequest) -> bool:
    wanted = asked.wants_refused or (session.settings.fixes_show_refused and not asked.only)
    return wanted and session.editor.client.disabled_actions


def _refused_kind(asked: ActionRequest) -> str:
    return FixKind.REWRITE.value if asked.wants_refused else FixKind.QUICK_FIX.value


def _name(path: str, candidate: Candidate) -> dict[str, object]:
    at = candidate.at
    return {
        "file": path,
        "fix": candidate.code,
        "title": candidate.title,
        "at": [at.line, at.column],
    }


def flow(view: ReportView, finding: Finding) -> list[tuple[str, Span | None]]:
    """The steps in words, the finding itself first, each with its place in the present text."""
    steps: list[tuple[str, Span | None]] = [(explain.message(finding), view.span(finding.span))]
    for step in explain.explain(finding).steps:
        place = None if step.place is None else view.place(step.place)
        span = None
        if place is not None:
            span = Span(place.file, place.line, place.column, place.line, place.column)
        steps.append((step.text, span))
    return steps


def all_findings(views: Iterable[ReportView], path: str) -> Iterator[tuple[ReportView, Finding]]:
    """Every finding of a file."""
    for view in views:
        names = view.names(path)
        yield from ((view, f) for f in view.report.findings if f.span.file in names)
