"""Reports that nobody asks for lie packed, and come out as they went in."""

from __future__ import annotations

from pathlib import Path

from goescape.analysis.compiler_text import CompilerText
from goescape.analysis.model import PackageReport
from goescape.analysis.report import PackageInfo, build_report
from goescape.analysis.source import SourceText
from goescape.lsp import shelf
from goescape.lsp.shelf import Shelf

CORPUS = Path(__file__).parent.parent / "analysis" / "corpus" / "stores"


def real_report() -> PackageReport:
    """Of a recorded package, with everything that a report may hold."""
    reader = CompilerText()
    reader.feed_chunk((CORPUS / "m2.go1.27.txt").read_bytes())
    texts = reader.finish()
    path = "/m/main.go"
    info = PackageInfo(texts[0].path, "/m", (path,), "/m")
    return build_report(info, texts, {path: SourceText(path, (CORPUS / "main.go").read_bytes())})


async def test_what_was_asked_for_last_stays_unpacked_and_all_stays_equal() -> None:
    report, whole = real_report(), Shelf()
    number = shelf._MOST_FINDINGS // len(report.findings) + 20  # noqa: SLF001 - more than lie open
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
    report, whole = real_report(), Shelf()
    number = 3 * shelf._MOST_FINDINGS // len(report.findings)  # noqa: SLF001
    slots = [whole.put(report) for _ in range(number)]
    assert sum(not each.is_packed for each in slots) < number * 3 // 4


async def test_what_is_known_no_more_is_not_counted() -> None:
    whole = Shelf()
    for _ in range(20_000):
        whole.discard(whole.put(real := PackageReport("p", "/p", ())))
    assert whole.put(real).report is real
