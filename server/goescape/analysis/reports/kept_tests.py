"""A report without the tests of its package takes what is known of them from the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Collection

    from goescape.analysis.model import PackageReport


def with_tests_of(
    report: PackageReport, before: PackageReport, among: Collection[str]
) -> PackageReport:
    """The report with what an older one says of test files that it lacks.

    ``among`` are the files that the package still has.
    """
    mine = {*report.files}
    lost = {
        path
        for path in before.files
        if path.endswith("_test.go") and path not in mine and path in among
    }
    old = tuple(finding for finding in before.findings if finding.span.file in lost)
    functions = tuple(function for function in before.functions if function.span.file in lost)
    stays = tuple(stay for stay in before.stays if stay.span.file in lost)
    unconfirmed = tuple(one for one in before.unconfirmed if one.finding.span.file in lost)
    remarks = tuple(remark for remark in before.remarks if remark.span.file in lost)
    words = tuple(word for word in before.explained if word.span.file in lost)
    texts = {path: text for path, text in before.sources.items() if path in lost}
    return evolve(
        report,
        files=(*report.files, *sorted(lost)),
        findings=(*report.findings, *old),
        functions=(*report.functions, *functions),
        stays=(*report.stays, *stays),
        remarks=(*report.remarks, *remarks),
        unconfirmed=(*report.unconfirmed, *unconfirmed),
        explained=(*report.explained, *words),
        sources={**texts, **report.sources},
    )


def with_findings_of(
    report: PackageReport, other: PackageReport, files: Collection[str]
) -> PackageReport:
    """The report with what another one of the same texts finds in some files."""
    findings = [each for each in report.findings if each.span.file not in files]
    findings += (each for each in other.findings if each.span.file in files)
    unconfirmed = [one for one in report.unconfirmed if one.finding.span.file not in files]
    unconfirmed += (one for one in other.unconfirmed if one.finding.span.file in files)
    return evolve(report, findings=tuple(findings), unconfirmed=tuple(unconfirmed))
