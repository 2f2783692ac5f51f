"""Samples of benchmarks from before and after a change, and whether they differ."""

from __future__ import annotations

from statistics import median

from attrs import frozen

SIGNIFICANT = 0.05
"""What is less likely than this to be chance counts as a change."""


@frozen
class SampleChange:
    """One unit of one benchmark, measured several times on each side."""

    unit: str
    """As Go prints it: ``allocs/op``."""
    before: tuple[float, ...]
    after: tuple[float, ...]
    p_value: float | None = None
    """How likely samples as different as these are if nothing has changed (the p of the
    Mann-Whitney U test); None where that was not computed."""

    @property
    def is_significant(self) -> bool | None:
        """Whether something has changed; None where that cannot be said."""
        return None if self.p_value is None else self.p_value < SIGNIFICANT

    @property
    def ratio(self) -> float | None:
        """The median after by the one before; None where that is zero."""
        old = median(self.before)
        return median(self.after) / old if old else None


def compare_samples(unit: str, before: tuple[float, ...], after: tuple[float, ...]) -> SampleChange:
    """The samples with the verdict of a statistics library, where one is installed."""
    return SampleChange(unit, before, after, _p_value(before, after))


def _p_value(before: tuple[float, ...], after: tuple[float, ...]) -> float | None:
    if len(before) < _MINIMUM_SAMPLES or len(after) < _MINIMUM_SAMPLES:
        return None
    if len({*before, *after}) == 1:
        return 1.0
    try:
        from scipy.stats import mannwhitneyu  # noqa: PLC0415 - large, and an extra
    except ImportError:
        return None
    return float(mannwhitneyu(before, after).pvalue)


_MINIMUM_SAMPLES = 4
"""With fewer samples on each side, nothing is unlikely enough to tell."""
