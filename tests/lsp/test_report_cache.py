"""Reports that nobody asks for lie packed, and come out as they went in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from attrs import evolve

from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.model import PackageReport
from goescape.analysis.package_analyzer import build_report
from goescape.analysis.reports.report_codec import PackedReport
from goescape.analysis.syntax.source import SourceText
from goescape.lsp.editor import Editor
from goescape.lsp.session import Session
from goescape.lsp.state import report_cache
from goescape.lsp.state.report_cache import ReportCache
from goescape.lsp.uris import uri_of
from goescape.toolchain.schedule.events import Reported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.lsp.transport.protocol import Protocol

pytestmark = pytest.mark.fast  # no Go runs here

CORPUS = Path(__file__).parent.parent / "analysis" / "corpus" / "stores"


def _never_lost(files: tuple[str, ...]) -> None:
    raise AssertionError(files)


def real_report() -> PackageReport:
    """Of a recorded package, with everything that a report may hold."""
    reader = CompilerText()
    reader.feed_chunk((CORPUS / "m2.go1.27.txt").read_bytes())
    texts = reader.finish()
    path = "/m/main.go"
    info = PackageInfo(texts[0].path, "/m", (path,), "/m")
    return build_report(info, texts, {path: SourceText(path, (CORPUS / "main.go").read_bytes())})


async def test_what_was_asked_for_last_stays_unpacked_and_all_stays_equal() -> None:
    report, whole = real_report(), ReportCache(_never_lost)
    number = report_cache._MOST_FINDINGS // len(report.findings) + 20  # noqa: SLF001 - more than lie open
    slots = [whole.put(report) for _ in range(number)]
    assert slots[0].report is report
    await whole.tidy()
    assert not slots[0].is_packed
    assert not slots[-1].is_packed
    assert slots[1].is_packed
    assert slots[1].report == report
    assert slots[1].report.sources == report.sources
    assert not slots[1].is_packed


async def test_they_cannot_come_faster_than_they_are_packed() -> None:
    report, whole = real_report(), ReportCache(_never_lost)
    number = 3 * report_cache._MOST_FINDINGS // len(report.findings)  # noqa: SLF001
    slots = [whole.put(report) for _ in range(number)]
    assert sum(not each.is_packed for each in slots) < number * 3 // 4


async def test_of_a_packed_report_one_file_can_be_looked_at() -> None:
    whole, (report, path) = ReportCache(_never_lost), (real_report(), "/m/main.go")
    half = len(report.findings) // 2
    moved = tuple(
        evolve(each, span=each.span._replace(file="/m/other.go")) for each in report.findings[:half]
    )
    report = evolve(report, findings=(*moved, *report.findings[half:]))
    slot = whole.put(report)
    assert slot.excerpt({path}) is report
    slot.pack(slot.packed())
    excerpt = slot.excerpt({path})
    assert excerpt.findings == report.findings[half:]
    assert slot.excerpt({"/m/other.go"}).findings == moved
    assert (excerpt.package, excerpt.remarks) == (report.package, report.remarks)
    assert excerpt.sources == report.sources
    assert slot.source(path) == report.sources[path]
    assert slot.source("/m/other.go") is None
    assert slot.is_packed


class Listener(Editor):
    """An editor that is told of files."""

    def __init__(self) -> None:
        super().__init__(cast("Protocol", None))
        self.told: dict[str, int] = {}

    def publish(self, uri: str, version: int | None, diagnostics: Iterable[str]) -> None:
        del version
        self.told[uri] = len([*diagnostics])

    def json(self, value: object) -> str:
        return repr(value)


async def test_what_many_packages_say_of_a_file_is_told_without_unpacking_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(PackedReport, "report", None)  # unpacking one fails
    report, editor = real_report(), Listener()
    session = Session(editor)
    number = 4 * report_cache._MOST_FINDINGS // len(report.findings)  # noqa: SLF001
    for i in range(number):  # generic code that each of them instantiates
        own = f"/m{i}/a.go"
        report = evolve(report, package=f"p{i}", directory=f"/m{i}", files=(own,))
        session.analysis_events.handle_event(Reported(report))
    await session.publisher.wait_until_pushed(include_postponed=True)
    await session.state.packages.cache.tidy()  # else it goes on in the background
    assert sum(each.slot.is_packed for each in session.state.packages.packages()) > number // 2
    shown = Counter(each.span for each in report.diagnostics())
    assert editor.told[uri_of("/m/main.go")] == len(shown)
    await session.close()


async def test_what_is_known_no_more_is_not_counted() -> None:
    whole = ReportCache(_never_lost)
    for _ in range(20_000):
        whole.discard(whole.put(real := PackageReport("p", "/p", ())))
    assert whole.put(real).report is real
