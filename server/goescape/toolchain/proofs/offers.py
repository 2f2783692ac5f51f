"""Which proved fixes may be offered, and which are the obvious ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import Reason, ReasonCode
from goescape.analysis.model import Finding, RankReason
from goescape.analysis.syntax.cold_code import is_test_file
from goescape.fixes.candidate import Candidate, FixKind, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.toolchain.proofs.prover import Disproof, Proof


@frozen
class FixOffers:
    """What is known of the fixes of one file now."""

    proofs: tuple[Proof, ...] = ()
    disproofs: tuple[Disproof, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    preferred: tuple[Proof, ...] = ()
    """Those of ``proofs`` that can be applied without a second thought."""
    combined: Proof | None = None
    """All that can be applied without a second thought, as one; None until that is proved."""
    complete: bool = False
    """Whether nothing more will come."""


COLD = frozenset(
    {
        RankReason.COLD_INIT,
        RankReason.COLD_ONCE,
        RankReason.COLD_MAIN,
        RankReason.COLD_TEST,
        RankReason.COLD_ERROR,
    }
)


def reason_to_leave(finding: Finding | None) -> RankReason | None:
    """Why a finding is not worth a fix; None when it may be."""
    return finding.rank_reason if finding is not None and finding.rank_reason in COLD else None


def place_to_leave(candidate: Candidate) -> RankReason | None:
    """The same of a candidate, which may be for what the compiler does not print."""
    if candidate.target is None:
        return RankReason.COLD_TEST if is_test_file(candidate.at.file) else None
    return reason_to_leave(candidate.target)


def preferred(proofs: Iterable[Proof]) -> list[Proof]:
    """Those that are the only quick fix of what they repair."""
    quick: dict[object, list[Proof]] = {}
    for proof in proofs:
        candidate = proof.candidate
        if (
            candidate.kind is FixKind.QUICK_FIX
            and not place_to_leave(candidate)
            and not proof.changes_generated
        ):
            quick.setdefault(exclusion_key(candidate), []).append(proof)
    return [only for only, *more in quick.values() if not more]


def exclusion_key(candidate: Candidate) -> object:
    """What two fixes have in common that exclude each other."""
    target = candidate.target
    return candidate.at if target is None else (target.span, target.subject)


def obstacle(files: Iterable[str], folders: Iterable[str]) -> Reason | None:
    """Why a file that a fix changes must not be; ``folders`` are the workspace's."""
    inside = [os.path.realpath(folder) for folder in folders]
    for path in files:
        name, real = Path(path).name, Path(os.path.realpath(path))
        below = [real.relative_to(folder) for folder in inside if real.is_relative_to(folder)]
        if inside and not below:
            return Reason.of(ReasonCode.OUTSIDE_WORKSPACE, file=name)
        if any("vendor" in folder.parts for folder in below) or "/pkg/mod/" in real.as_posix():
            return Reason.of(ReasonCode.COPY_OF_MODULE, file=name)
        try:
            writable = real.stat().st_mode & 0o222 and os.access(real, os.W_OK)
        except OSError:
            return Reason.of(ReasonCode.FILE_GONE, file=name)
        if not writable:
            return Reason.of(ReasonCode.FILE_READ_ONLY, file=name)
    return None
