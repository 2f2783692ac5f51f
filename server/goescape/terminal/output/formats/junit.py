"""JUnit's XML: each package with findings is a suite, each finding a case that fails, or not."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import ENGLISH
from goescape.terminal.shown_paths import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from goescape.analysis.model import Finding
    from goescape.terminal.commands.check_outcome import CheckFailure, CheckOutcome

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(outcome: CheckOutcome, here: Path) -> Iterator[str]:
    """One document. What ``--fail-on`` lets pass is a skipped case; failures are errors."""
    root = ET.Element("testsuites", name="goescape", time=f"{outcome.seconds:.3f}")
    by_package = sorted(outcome.findings, key=lambda finding: finding.package)
    for package, findings in groupby(by_package, key=lambda finding: finding.package):
        suite = _element(root, "testsuite", name=package)
        for finding in findings:
            _finding(suite, finding, outcome, here)
    if outcome.remarks:
        suite = _element(root, "testsuite", name="goescape: directives")
        for remark in outcome.remarks:
            where = f"{shown_path(remark.span.file, here)}:{remark.span.line}"
            case = _element(suite, "testcase", classname="goescape", name=where)
            _element(case, "failure", message=remark.message, type="directive")
    if outcome.failures:
        suite = _element(root, "testsuite", name="goescape: not analysed")
        for failure in outcome.failures:
            _failure(suite, failure, here)
    if not len(root):
        suite = _element(root, "testsuite", name="goescape")
        _element(suite, "testcase", classname="goescape", name="nothing found")
    for suite in root:
        _count(suite, suite)
    _count(root, root)
    ET.indent(root)
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield ET.tostring(root, encoding="unicode") + "\n"


def _finding(suite: ET.Element, finding: Finding, outcome: CheckOutcome, here: Path) -> None:
    span, file = finding.span, shown_path(finding.span.file, here)
    case = _element(
        suite,
        "testcase",
        classname=finding.package,
        name=f"{finding.subject} in {finding.function or 'package level'} ({file}:{span.line})",
        file=file,
        line=str(span.line),
    )
    message, explanation = explain.message(finding, ENGLISH), explain.explain(finding, ENGLISH)
    if not outcome.fails_by(finding):
        _element(case, "skipped", message=message)
        return
    failed = _element(case, "failure", message=message, type=finding.cause.value)
    lines = [f"{file}:{span.line}:{span.column}: {message}", explanation.why, explanation.helps]
    lines += [
        f"{shown_path(step.place.file, here)}:{step.place.line}: {step.text}"
        if step.place is not None
        else step.text
        for step in explanation.steps
    ]
    failed.text = _clean("\n".join(filter(None, lines)))


def _failure(suite: ET.Element, failure: CheckFailure, here: Path) -> None:
    place = failure.place
    where = f" ({shown_path(place.file, here)}:{place.line})" if place is not None else ""
    name = f"{failure.package or 'analysis'}{where}"
    case = _element(suite, "testcase", classname=failure.package or "goescape", name=name)
    _element(case, "error", message=failure.message, type=failure.kind)


def _element(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    clean = {name: _clean(value) for name, value in attributes.items()}
    return ET.SubElement(parent, tag, clean)


def _clean(text: str) -> str:
    """XML has no way to write most control characters."""
    return _NOT_XML.sub("\ufffd", text)


def _count(element: ET.Element, within: ET.Element) -> None:
    names = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for attribute, tag in names.items():
        element.set(attribute, str(sum(1 for _ in within.iter(tag))))
