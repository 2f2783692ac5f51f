"""Reports as bytes: they come back equal, and nothing else comes of any bytes."""

from __future__ import annotations

import ast
import contextlib
import os
import struct
import subprocess
import sys
import zlib
from collections import namedtuple
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import goescape
from goescape.analysis.codec import Codec
from goescape.analysis.compiler.package_facts import PackageInfo
from goescape.analysis.compiler.text import CompilerText
from goescape.analysis.model import CompileError, DirectiveRemark, OmittedSite, PackageReport
from goescape.analysis.package_analyzer import build_report
from goescape.analysis.positions import Place, Span
from goescape.analysis.reports.report_codec import (
    Opened,
    OtherFormatError,
    PackedReport,
    layout_digest,
    pack,
)
from goescape.analysis.syntax.source import SourceText

CORPUS = Path(__file__).parent / "corpus"
CASES = sorted(folder.name for folder in CORPUS.iterdir() if (folder / "m2.go1.27.txt").exists())
TEXTS = st.text(st.characters())  # lone surrogates, too: file names need not be UTF-8
ERRORS: Codec[tuple[CompileError, ...]] = Codec(tuple[CompileError, ...])


def report_of(case: str) -> PackageReport:
    """Everything that is found in a recorded package."""
    reader = CompilerText()
    reader.feed_chunk((CORPUS / case / "m2.go1.27.txt").read_bytes())
    texts = reader.finish()
    path = "/m/main.go"
    info = PackageInfo(texts[0].path, "/m", (path,), "/m")
    source = SourceText(path, (CORPUS / case / "main.go").read_bytes())
    return build_report(info, texts, {path: source})


@pytest.mark.parametrize("case", CASES)
def test_every_recorded_report_comes_back_equal(case: str) -> None:
    report = report_of(case)
    opened = Opened(pack(report, b"about it"))
    assert opened.about == b"about it"
    again = opened.report(report.sources)
    assert again == report
    assert [type(each.cause) for each in again.findings] == [
        type(each.cause) for each in report.findings
    ]


def test_names_of_files_need_not_be_utf_8() -> None:
    odd = "/m/\udcff\u20ac.go"
    report = report_of("stores")
    spans = [each.span._replace(file=odd) for each in report.findings]
    findings = [evolve(each, span=span) for each, span in zip(report.findings, spans, strict=True)]
    named = evolve(report, files=(odd,), findings=tuple(findings), sources={})
    assert Opened(pack(named)).report({}) == named
    assert PackedReport(named).excerpt({odd}).findings == named.findings


@given(
    st.tuples(
        st.builds(CompileError, st.none() | st.builds(Place, TEXTS, st.just(1), st.just(2)), TEXTS)
    )
)
def test_any_text_comes_back(errors: tuple[CompileError, ...]) -> None:
    assert ERRORS.decode(ERRORS.encode(errors)) == errors


@given(st.builds(bytes.__add__, st.sampled_from((b"", b"\0", b"\1")), st.binary()))
def test_bytes_that_mean_nothing_are_a_value_error(data: bytes) -> None:
    with contextlib.suppress(ValueError):
        ERRORS.decode(data)


@pytest.mark.parametrize("key", [b"\x90", b"\x80", b"\xd4\x05\0"])
def test_a_key_that_cannot_be_one_is_a_value_error(key: bytes) -> None:
    with pytest.raises(ValueError, match="not of type"):
        ERRORS.decode(b"\1\x81" + key + b"\xc0")


@given(st.data())
def test_a_damaged_report_is_a_value_error_or_a_report(data: st.DataObject) -> None:
    packed = bytearray(pack(report_of("stores")))
    for _ in range(data.draw(st.integers(1, 4))):
        packed[data.draw(st.integers(0, len(packed) - 1))] = data.draw(st.integers(0, 255))
    del packed[data.draw(st.integers(0, len(packed))) :]
    try:
        report = Opened(bytes(packed)).report({})
    except ValueError:
        return
    assert isinstance(report, PackageReport)


def test_what_another_version_wrote_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = pack(report_of("stores"))
    other = packed[:8] + bytes(8) + packed[16:]
    with pytest.raises(OtherFormatError):
        Opened(other)
    with pytest.raises(OtherFormatError):
        Opened(b"\x80\x05" + zlib.compress(b"a pickle, say"))


def test_what_is_laid_out_otherwise_has_another_name() -> None:
    pair, same, swapped = (
        namedtuple("pair", fields)  # noqa: PYI024
        for fields in ("first second", "first second", "second first")
    )
    assert layout_digest([pair]) == layout_digest([same])
    assert layout_digest([pair]) != layout_digest([swapped])
    assert layout_digest([pair]) != layout_digest([tuple[int, int]])


def test_every_process_gives_the_layout_the_same_name() -> None:
    code = "from goescape.analysis.reports.report_codec import layout_digest as name\n"
    code += "from goescape.analysis.model import PackageReport, Finding\n"
    code += "print(name([tuple[Finding, ...]]).hex())"
    names = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(names) == 1


def test_what_unpacks_to_too_much_is_a_value_error() -> None:
    packed = pack(report_of("stores"))
    about, head = struct.unpack_from("<II", packed, 16)
    bomb = zlib.compress(bytes(300_000_000), 9)
    start = 24 + about
    with pytest.raises(ValueError, match="too long"):
        Opened(
            packed[:16] + struct.pack("<II", about, len(bomb)) + packed[24:start] + bomb
            + packed[start + head :]
        )  # fmt: skip


def test_every_part_of_a_report_is_written() -> None:
    place = Place("/m/a.go", 3, 1)
    report = evolve(
        report_of("closure_capture"),
        errors=(CompileError(place, "undefined: x"), CompileError(None, "no reason")),
        unknown_lines=("what is this?",),
        left_out=(OmittedSite(place, "x escapes to heap", "generated"),),
        remarks=(DirectiveRemark(Span("/m/a.go", 3, 1, 3, 9), "noescape of nothing", True),),
        is_final=False,
    )
    assert report.findings
    assert report.captures
    assert Opened(pack(report)).report(report.sources) == report


def test_nothing_of_the_product_reads_code_from_bytes() -> None:
    for path in Path(goescape.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not {"pickle", "marshal", "shelve", "dill"}.intersection(names), path
