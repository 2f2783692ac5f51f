"""What programs allocated, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.advice_rules import advice_for_call
from goescape.analysis.profiles.allocation_profile import count_text, size_text
from goescape.analysis.profiles.joined_profile import LEAST
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason

if TYPE_CHECKING:
    from goescape.analysis.messages.catalogue import Catalogue
    from goescape.analysis.profiles.joined_profile import AllocationShare, ProfileLine


def amount_text(size: float, objects: float, catalogue: Catalogue) -> str:
    """``71 MB, 1.2 M objects``."""
    counted = catalogue.profile.objects.format(count_text(objects))
    return catalogue.profile.amount.format(size=size_text(size), objects=counted)


def share_text(share: AllocationShare, catalogue: Catalogue) -> str:
    """``71 MB, 1.2 M objects, 12 % of all allocations``; the percentage is of the bytes.

    It is of the objects, and says so, where these are what makes it hot.
    """
    amount = amount_text(share.bytes, share.objects, catalogue)
    if share.is_hot_by_number:
        percent = _percent(share.of_objects, catalogue)
        text = catalogue.profile.share_by_number.format(amount=amount, percent=percent)
    else:
        percent = _percent(share.of_bytes, catalogue)
        text = catalogue.profile.share.format(amount=amount, percent=percent)
    return catalogue.profile.share_approximate.format(share=text) if share.approximate else text


def percent_text(share: AllocationShare, catalogue: Catalogue) -> str:
    """``12 %``, of the bytes; ``12 % of objects`` where these are what makes it hot."""
    if share.is_hot_by_number:
        percent = _percent(share.of_objects, catalogue)
        return catalogue.profile.percent_by_number.format(percent=percent)
    return _percent(share.of_bytes, catalogue)


def _percent(part: float, catalogue: Catalogue) -> str:
    if part < LEAST:
        return catalogue.profile.less_than.format(percent=f"{LEAST * 100:.1f} %")
    digits = 1 if part < 0.0995 else 0
    return f"{part * 100:.{digits}f} %"


def reason_text(source: ProfileLine, catalogue: Catalogue, *, in_function: bool = False) -> str:
    """Why a line of a profile has no finding (``in_function``: and which function it is about),
    and what helps if it calls what allocates.
    """
    reason = catalogue.profile.unexplained[source.reason or UnexplainedReason.UNKNOWN]
    if in_function:
        reason = catalogue.profile.in_function.format(what=reason, function=source.function)
    advice = advice_for_call(source.callee)
    if advice is None:
        return reason
    return f"{reason}{catalogue.full_stop}{catalogue.gap}{catalogue.advice[advice]}"
