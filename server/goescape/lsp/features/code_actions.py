"""Code actions: which are offered at a place, as plain values."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves it
from itertools import islice
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from goescape.analysis.messages.documentation import fix_page
from goescape.analysis.profiles.benchmarks import benchmarks_of
from goescape.fixes.candidate import FixKind
from goescape.lsp.command_names import APPLY_AND_MEASURE, APPLY_AND_TEST, SHOW_FLOW
from goescape.lsp.extensions import FIX_ALL, WHY
from goescape.lsp.features.code_action import CodeAction
from goescape.lsp.features.diagnostics import Notice, NoticeCache, notices
from goescape.lsp.features.fix_changes import file_changes
from goescape.toolchain.proofs.offers import obstacle, reason_to_leave

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.messages.reason import Reason
    from goescape.analysis.model import Finding
    from goescape.analysis.positions import Span
    from goescape.fixes.candidate import Candidate, Refusal
    from goescape.lsp.state.snapshot import DocumentSnapshot
    from goescape.toolchain.proofs.prover import Proof

_MOST_FLOWS = 4
_LONGEST_AT = 5
"""Lines; a longer place shows its fixes on its first line only."""


@frozen
class ActionRequest:
    """A request: the lines (1-based) and the kinds that the client wants."""

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


def code_actions(
    snapshot: DocumentSnapshot, request: ActionRequest, cache: NoticeCache
) -> list[CodeAction]:
    """What can be done there as far as it is known, the obvious first."""
    fixes = list(_fixes(snapshot, request))
    fixes.sort(key=lambda action: (not action.preferred, bool(action.disabled)))
    flows = list(_flows(snapshot, request)) if request.wants(WHY) else []
    return _with_notices([*fixes, *_fix_all(snapshot, request), *flows], snapshot, cache)


def named_proof(snapshot: DocumentSnapshot, data: Mapping[str, object]) -> Proof | None:
    """The proof behind an action's data, if it holds for the text that is shown."""
    offers = snapshot.fix_offers
    if data.get("fix") == FIX_ALL:
        return offers.combined
    proofs = (proof for proof in offers.proofs if _name(snapshot.path, proof.candidate) == data)
    return next(proofs, None)


def resolved(
    snapshot: DocumentSnapshot, data: Mapping[str, object], title: str
) -> CodeAction | None:
    """An action of which the client has only this data, with its changes; None when it is old."""
    proof = named_proof(snapshot, data)
    changes = None if proof is None else file_changes(proof, snapshot)
    return None if changes is None else CodeAction(title, "", proof=proof, changes=changes)


def _fixes(snapshot: DocumentSnapshot, request: ActionRequest) -> Iterator[CodeAction]:
    offers = snapshot.fix_offers
    for proof in offers.proofs:
        target = proof.candidate.target
        if not _is_at(proof.candidate.at, target, request) or reason_to_leave(target):
            continue
        if reason := obstacle(proof.contents, snapshot.folders):
            if _shows_refused(snapshot, request):
                yield _disabled(proof.candidate, reason, snapshot, request)
        else:
            yield from _of_proof(proof, snapshot, request, is_obvious=proof in offers.preferred)
    if _shows_refused(snapshot, request):
        yield from _refused(snapshot, request)


def _of_proof(
    proof: Proof, snapshot: DocumentSnapshot, request: ActionRequest, *, is_obvious: bool
) -> Iterator[CodeAction]:
    candidate = proof.candidate
    kind, data = candidate.kind.value, _name(snapshot.path, candidate)
    if request.wants_refused:
        headline = candidate.headline(snapshot.catalogue)
        text = snapshot.catalogue.offer.apply_and_test.format(title=headline)
        rewrite = FixKind.REWRITE.value
        yield CodeAction(text, rewrite, command=APPLY_AND_TEST, arguments=(data,))
        if any(benchmarks_of(view.report) for view in snapshot.views):
            text = snapshot.catalogue.offer.apply_and_measure.format(title=headline)
            yield CodeAction(text, rewrite, command=APPLY_AND_MEASURE, arguments=(data,))
    changes = file_changes(proof, snapshot) if request.wants(kind) else None
    if changes is not None:
        yield CodeAction(
            title(proof, snapshot.catalogue),
            kind,
            is_obvious,
            finding=candidate.target,
            proof=proof,
            changes=changes,
            data=data,
        )


def _refused(snapshot: DocumentSnapshot, request: ActionRequest) -> Iterator[CodeAction]:
    """What was tried and is not offered, with the reason."""
    for disproof in snapshot.fix_offers.disproofs:
        candidate = disproof.candidate
        if _is_at(candidate.at, candidate.target, request):
            yield _disabled(candidate, disproof.reason, snapshot, request)
    for refusal in snapshot.fix_offers.refusals:
        if _is_at(refusal.at, None, request):
            yield _disabled(refusal, refusal.reason, snapshot, request)


def _disabled(
    fix: Candidate | Refusal, reason: Reason, snapshot: DocumentSnapshot, request: ActionRequest
) -> CodeAction:
    headline, why = fix.headline(snapshot.catalogue), snapshot.catalogue.reason(reason)
    return CodeAction(headline, _refused_kind(request), disabled=why)


def _fix_all(snapshot: DocumentSnapshot, request: ActionRequest) -> Iterator[CodeAction]:
    proof = snapshot.fix_offers.combined
    if proof is None or not request.wants(FIX_ALL) or obstacle(proof.contents, snapshot.folders):
        return
    changes = file_changes(proof, snapshot)
    if changes is not None:
        data = {"file": snapshot.path, "fix": FIX_ALL}
        text = snapshot.catalogue.offer.apply_all.format(proof=proof.sentence(snapshot.catalogue))
        yield CodeAction(text, FIX_ALL, proof=proof, changes=changes, data=data)


def title(proof: Proof, catalogue: Catalogue) -> str:
    """What a fix does, and its proof."""
    notes = [proof.sentence(catalogue)]
    if caution := proof.candidate.caution(catalogue):
        notes.append(catalogue.offer.look_at_this.format(what=caution))
    if proof.changes_generated:
        notes.append(catalogue.offer.generated_file)
    details = catalogue.without_full_stop(catalogue.pause.join(notes))
    return f"{proof.candidate.headline(catalogue)} ({details})"


def _flows(snapshot: DocumentSnapshot, request: ActionRequest) -> Iterator[CodeAction]:
    """Why something is on the heap; for cold code, that it may stay there."""
    catalogue = snapshot.catalogue
    findings = list(islice(_findings(snapshot, request), _MOST_FLOWS))
    for finding in findings:
        text = catalogue.offer.why_escape
        if len(findings) > 1:
            text = catalogue.offer.why_escapes.format(subject=f"`{_subject(finding)}`")
        if reason := reason_to_leave(finding):
            rank_text = catalogue.without_full_stop(catalogue.ranks[reason])
            short = rank_text[0].lower() + rank_text[1:]
            text = catalogue.offer.leave_it.format(reason=short, question=text)
        anchor = finding.anchor
        arguments = (snapshot.uri, anchor.line, anchor.column, finding.subject)
        yield CodeAction(text, WHY, finding=finding, command=SHOW_FLOW, arguments=arguments)


def _findings(snapshot: DocumentSnapshot, request: ActionRequest) -> Iterator[Finding]:
    if snapshot.is_silenced:
        return
    seen = set()
    for view in snapshot.views:
        names = view.names(snapshot.path)
        for finding in view.report.diagnostics():
            span = view.span(finding.span) if finding.span.file in names else None
            if span is None or finding.rank.is_hidden:
                continue
            if request.touches(span.line, span.line) and (span, finding.subject) not in seen:
                seen.add((span, finding.subject))
                yield finding


def _subject(finding: Finding) -> str:
    short = " ".join(finding.subject.split())
    return short if len(short) <= 40 else f"{short[:39]}…"


def _is_at(at: Span, target: Finding | None, request: ActionRequest) -> bool:
    last = at.end_line if at.end_line - at.line < _LONGEST_AT else at.line
    here = target is not None and target.span.file == at.file
    line = target.span.line if target is not None and here else at.line
    return request.touches(at.line, last) or request.touches(line, line)


def _with_notices(
    actions: list[CodeAction], snapshot: DocumentSnapshot, cache: NoticeCache
) -> list[CodeAction]:
    """The actions with the diagnostics that they are about."""
    if all(action.finding is None for action in actions):
        return actions
    by_key: dict[object, Notice] = {}
    for notice in notices(snapshot, cache):
        if isinstance(anchor := notice.data.get("anchor"), dict):
            key = anchor["line"], anchor["column"], notice.data["subject"]
            by_key.setdefault(key, notice)
    return [
        action
        if (finding := action.finding) is None
        else evolve(
            action,
            notice=by_key.get((finding.anchor.line, finding.anchor.column, finding.subject)),
        )
        for action in actions
    ]


def _shows_refused(snapshot: DocumentSnapshot, request: ActionRequest) -> bool:
    shows = request.wants_refused or (snapshot.settings.fixes_show_refused and not request.only)
    return shows and snapshot.client.disabled_actions


def _refused_kind(request: ActionRequest) -> str:
    return FixKind.REWRITE.value if request.wants_refused else FixKind.QUICK_FIX.value


def _name(path: str, candidate: Candidate) -> dict[str, object]:
    """What tells a fix from others, and the page of its documentation for whoever shows that."""
    at = candidate.at
    return {
        "file": path,
        "fix": candidate.code,
        "title": candidate.title,
        "at": [at.line, at.column],
        "documentation": fix_page(candidate.code),
    }
