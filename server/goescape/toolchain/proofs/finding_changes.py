"""What an edit did to the compiler's findings: whether a promise was kept, at no other's cost.

An expression that an edit changes inside goes by its new text.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.evidence.overruled_findings import as_compiled
from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import Allocates, Finding, Function, PackageReport
from goescape.fixes.candidate import Candidate, Promise
from goescape.toolchain.proofs.counted_sites import counted, site_key
from goescape.toolchain.proofs.renamed_expressions import renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from goescape.toolchain.proofs.counted_sites import SiteKey


@frozen
class FindingChanges:
    """What is other than before."""

    removed: int
    """How many findings are gone (or no longer in a loop)."""
    instead: tuple[str, ...] = ()
    """The subjects of those that are new."""


def compare(
    candidates: Sequence[Candidate],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
    *,
    elsewhere: bool = False,
) -> FindingChanges | Reason:
    """Which allocations are gone and which are new; or why a promise is not kept.

    ``elsewhere``: these packages only import the one that has the targets.
    """
    # What the machine code has shown not to allocate is no gain.
    allocated = counted(renamed(candidates, before, after), _escapes) - counted(after, _escapes)
    # An edit has no machine code: only what the compiler says of both can be compared.
    after = [as_compiled(report) for report in after]
    before = renamed(candidates, [as_compiled(report) for report in before], after)
    if worse := _worse(candidates, before, after):
        return worse
    gone = counted(before, _escapes) - counted(after, _escapes)
    new = counted(after, _escapes) - counted(before, _escapes)
    # what is gone from one function and new in another has only moved
    left = Counter(key[1:] for key in new.elements()) - Counter(key[1:] for key in gone.elements())
    instead = tuple(sorted(subject for _, subject in left.elements()))
    if elsewhere:
        return FindingChanges((gone & allocated).total(), instead)
    if broken := _broken(candidates, gone, before, after):
        return broken
    return FindingChanges(_removed(candidates, gone & allocated, before, after), instead)


def _broken(
    candidates: Sequence[Candidate],
    gone: Counter[SiteKey],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
) -> Reason | None:
    """The first promise that is not kept; None when all are."""
    by_promise: dict[Promise, list[Finding]] = {promise: [] for promise in Promise}
    for candidate in candidates:
        if candidate.promise is not Promise.UNSEEN:
            if candidate.target is None:
                return Reason.of(ReasonCode.NO_TARGET)
            by_promise[candidate.promise] += (candidate.target, *candidate.also)
    gone_targets = by_promise[Promise.GONE] + by_promise[Promise.ON_BRANCH]
    for key, count in Counter(map(site_key, gone_targets)).items():
        if gone[key] < count:
            return Reason.of(ReasonCode.STILL_ON_HEAP, subject=key[2])
    left = counted(before, _in_loop) - counted(after, _in_loop)
    for key, count in Counter(map(site_key, by_promise[Promise.OUT_OF_LOOP])).items():
        if left[key] < count:
            return Reason.of(ReasonCode.STILL_IN_LOOP, subject=key[2])
    for target in by_promise[Promise.STAYS_AT_CALLS]:
        if _staying(target, after) <= _staying(target, before):
            return Reason.of(ReasonCode.NO_MORE_CALLERS_KEEP, subject=target.subject)
    return None


def _removed(
    candidates: Sequence[Candidate],
    gone: Counter[SiteKey],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
) -> int:
    """How many allocations the proof may speak of."""
    promises = {candidate.promise for candidate in candidates}
    if promises & {Promise.GONE, Promise.ON_BRANCH, Promise.UNSEEN}:
        return gone.total()
    left = counted(before, _in_loop) - counted(after, _in_loop)
    targets = [candidate.target for candidate in candidates if candidate.target is not None]
    if promises == {Promise.GUARDED}:
        return sum(1 + len(candidate.also) for candidate in candidates)
    if promises == {Promise.OUT_OF_LOOP}:
        return sum(left[key] for key in {*map(site_key, targets)})
    return sum(_staying(target, after) - _staying(target, before) for target in targets)


def worse_for_callers(before: Sequence[PackageReport], after: Sequence[PackageReport]) -> bool:
    """Whether other packages may feel it: an exported function is inlined no more, or leaks."""
    old = {f.name: f for report in before for f in report.functions if _is_exported(f)}
    new = {f.name: f for report in after for f in report.functions}
    return any(_is_worse(function, new.get(name)) for name, function in old.items())


def _is_worse(old: Function, new: Function | None) -> bool:
    if new is None or (old.inlinable and not new.inlinable):
        return True
    leaks = Counter(leak for parameter in new.parameters for leak in parameter.leaks)
    return bool(leaks - Counter(leak for parameter in old.parameters for leak in parameter.leaks))


def _is_exported(function: Function) -> bool:
    return function.name.rpartition(".")[2][:1].isupper()


def _worse(
    candidates: Sequence[Candidate],
    before: Sequence[PackageReport],
    after: Sequence[PackageReport],
) -> Reason | None:
    """What would allocate, escape or be in a loop and does not now; None when nothing would."""
    allowed = [pattern for candidate in candidates for pattern in candidate.may_add]

    def new(wanted: Callable[[Finding], bool]) -> SiteKey | None:
        added = counted(after, wanted) - counted(before, wanted)
        may = (any(re.fullmatch(p, key[2], re.DOTALL) for p in allowed) for key in added)
        return next((key for key, fine in zip(added, may, strict=True) if not fine), None)

    if key := new(_escapes):
        return Reason.of(ReasonCode.WOULD_ESCAPE, subject=key[2], where=_function_name(key))
    if key := new(_allocates):
        return Reason.of(ReasonCode.MIGHT_ALLOCATE, subject=key[2], where=_function_name(key))
    if key := new(_in_loop):
        return Reason.of(ReasonCode.WOULD_BE_IN_LOOP, subject=key[2], where=_function_name(key))
    if function := _not_inlined_any_more(before, after):
        return Reason.of(ReasonCode.INLINED_NO_MORE, function=function)
    return None


def _function_name(key: SiteKey) -> str | Reason:
    """The function of a site, or the package."""
    return key[0] or Reason.of(ReasonCode.THE_PACKAGE)


def _not_inlined_any_more(before: Sequence[PackageReport], after: Sequence[PackageReport]) -> str:
    """A function that allocates, but not where it is inlined now; empty when there is none."""
    inlinable = {f.name for report in after for f in report.functions if f.inlinable}
    allocating = {f.function for report in after for f in report.diagnostics() if f.escapes}
    for report in before:
        stays = {f.function for f in report.findings if any(not c.escapes for c in f.copies)}
        for function in report.functions:
            lost = function.inlinable and function.name not in inlinable
            affects_importers = _is_exported(function) or function.name in stays
            if lost and affects_importers and function.name in allocating:
                return function.name
    return ""


def _escapes(finding: Finding) -> bool:
    return finding.escapes


def _allocates(finding: Finding) -> bool:
    return finding.allocates is not Allocates.NO


def _in_loop(finding: Finding) -> bool:
    return finding.escapes and finding.in_loop


def _staying(target: Finding, reports: Sequence[PackageReport]) -> int:
    """How many inlined copies of a site stay on their callers' stacks."""
    same = (f for report in reports for f in report.findings if site_key(f) == site_key(target))
    return sum(not copy.escapes for finding in same for copy in finding.copies)
