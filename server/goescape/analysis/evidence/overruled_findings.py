"""What a report remembers of findings that the machine code has overruled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.model import Finding, PackageReport


def with_findings(report: PackageReport, findings: Sequence[Finding]) -> PackageReport:
    """A report with other findings, which remembers what they replace."""
    before, after = {*map(id, report.findings)}, {*map(id, findings)}
    from_code = {*map(id, report.from_code)}
    gone = [finding for finding in report.findings if id(finding) not in after]
    return evolve(
        report,
        findings=tuple(findings),
        overruled=(*report.overruled, *(each for each in gone if id(each) not in from_code)),
        from_code=tuple(
            finding for finding in findings if id(finding) in from_code or id(finding) not in before
        ),
    )


def as_compiled(report: PackageReport) -> PackageReport:
    """What the compiler's text alone leads to: to be compared with a report that has no code."""
    if not report.overruled and not report.from_code:
        return report
    from_code = {*report.from_code}
    kept = (finding for finding in report.findings if finding not in from_code)
    return evolve(report, findings=(*kept, *report.overruled), overruled=(), from_code=())
