"""A catalogue: all messages in one language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.messages.reason import Reason
from goescape.analysis.model import RankReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from goescape.analysis.advice import Advice
    from goescape.analysis.causes import Cause, CauseMessages
    from goescape.analysis.messages.areas import (
        BenchmarkMessages,
        CheckMessages,
        CompareMessages,
        EditorMessages,
        ExplainMessages,
        FindingMessages,
        FunctionMessages,
        HoverMessages,
        OfferMessages,
        ProfileMessages,
        ProofMessages,
        ReportMessages,
        TellMessages,
    )
    from goescape.analysis.messages.reason import Argument, ReasonCode


@frozen(kw_only=True)
class Catalogue:
    """All messages in one language, and how the language puts sentences together."""

    name: str
    """As settings have it: ``en``."""
    locales: str
    """The locales that speak it, as a pattern without regard to case: ``zh[-_]cn``."""
    conjunction: str
    """Between the last two items of a list."""
    comma: str
    """Between its other items."""
    pause: str
    """Between two parts of a sentence."""
    full_stop: str
    gap: str
    """Between two sentences."""
    unspaced: str | None = None
    """The characters that stand side by side without a space, as a range of a pattern."""

    causes: Mapping[Cause, CauseMessages]
    advice: Mapping[Advice, str]
    """What helps, for a shape of allocation."""
    ranks: Mapping[RankReason, str]
    """Why a finding has its severity."""
    steps: Mapping[str, str]
    """Steps of a flow by the compiler's words; those that mean nothing to a reader have none."""
    leaks: Mapping[str, str]
    """Where a parameter leaks to, by the compiler's words."""
    notes: Mapping[str, str]
    """What happens at run time, by the English of findings."""
    fixes: Mapping[str, str]
    """What rewrites do, and what to look at before one is done, by their English."""
    reasons: Mapping[ReasonCode, str]
    """Why something is not offered, or not so."""
    finding: FindingMessages
    function: FunctionMessages
    offer: OfferMessages
    proof: ProofMessages
    profile: ProfileMessages
    bench: BenchmarkMessages
    check: CheckMessages
    explain: ExplainMessages
    compare: CompareMessages
    hover: HoverMessages
    editor: EditorMessages
    tell: TellMessages
    report: ReportMessages

    def matches_locale(self, locale: str) -> bool:
        """Whether this is the language of a locale: ``zh-cn``, ``zh_CN``."""
        return re.match(self.locales, locale, re.IGNORECASE) is not None

    def join(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        first, last = self.comma.join(items[:-1]), items[-1]
        left = self._space(first[-1:], self.conjunction)
        right = self._space(self.conjunction, last[:1])
        return f"{first}{left}{self.conjunction}{right}{last}"

    def _space(self, before: str, after: str) -> str:
        if self.unspaced is None:
            return " "
        return "" if re.fullmatch(f"[{self.unspaced}]{{2,}}", before + after) else " "

    def without_full_stop(self, sentence: str) -> str:
        """A sentence that another one is put around; in English, too, where it is Go's."""
        return sentence.rstrip(f".{self.full_stop}")

    def note(self, english: str) -> str:
        """What happens at run time: findings have it in English."""
        return self.notes.get(english, english)

    def fix(self, english: str, **words: str) -> str:
        """What a rewrite does, or what to look at before it is done: fixes have it in English."""
        template = self.fixes.get(english, english)
        return template.format(**words) if words else template

    def reason(self, reason: Reason) -> str:
        """A reason as one sentence; in front of it, what it is the reason of."""
        arguments = {name: self._argument(argument) for name, argument in reason.arguments}
        return self.reasons[reason.code].format(**arguments)

    def _argument(self, argument: Argument) -> str:
        if isinstance(argument, Reason):
            return self.reason(argument)
        return self.ranks[argument] if isinstance(argument, RankReason) else _on_one_line(argument)


def _on_one_line(text: str) -> str:
    """Code or an error of Go as a part of a sentence; spaces inside a line are the user's."""
    return " ".join(line.strip() for line in text.splitlines())
