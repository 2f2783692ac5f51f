"""What is known of packages: replaced, kept, forgotten."""

from __future__ import annotations

import pytest
from attrs import evolve

from goescape.analysis.causes import Cause
from goescape.analysis.model import (
    Allocates,
    CompileError,
    Finding,
    PackageReport,
    Rank,
    RankReason,
    Severity,
    SiteKind,
)
from goescape.analysis.positions import Place, Span
from goescape.lsp.state.package_store import LONE_FILES, PackageStore

pytestmark = pytest.mark.fast  # no Go runs here


def _never_lost(files: tuple[str, ...]) -> None:
    raise AssertionError(files)


def _finding(file: str, package: str = "p") -> Finding:
    return Finding(
        span=Span(file, 1, 1, 1, 2),
        anchor=Place(file, 1, 1),
        kind=SiteKind.VARIABLE,
        subject="u",
        cause=Cause.RETURNED,
        rank=Rank(Severity.INFORMATION, RankReason.ORDINARY),
        function="F",
        allocates=Allocates.YES,
        note=None,
        escapes=True,
        in_loop=False,
        compiler="moved to heap: u",
        package=package,
    )


def _report(package: str, directory: str, *names: str) -> PackageReport:
    files = tuple(f"{directory}/{name}" for name in names)
    return PackageReport(package, directory, files, tuple(_finding(file) for file in files))


ERROR = CompileError(Place("/m/a.go", 3, 1), "undefined: x")


def test_a_failed_report_keeps_the_findings() -> None:
    store = PackageStore(_never_lost)
    store.put(_report("p", "/m", "a.go"))
    touched = store.put(PackageReport("p", "/m", ("/m/a.go", "/m/b.go"), errors=(ERROR,)))
    assert touched == {"/m/a.go", "/m/b.go"}
    (known,) = store.about("/m/a.go")
    assert len(known.report.findings) == 1
    assert store.waiting_for("/m/b.go") == (ERROR,)
    assert store.put(_report("p", "/m", "a.go")) == {"/m/a.go", "/m/b.go"}
    assert store.waiting_for("/m/a.go") is None
    assert store.about("/m/b.go") == ()


def test_a_lone_file_becomes_part_of_a_module() -> None:
    store = PackageStore(_never_lost)
    store.put(_report(LONE_FILES, "/m", "a.go"))
    store.put(_report(LONE_FILES, "/m", "b.go"))
    assert len(store.about("/m/a.go")) == 1
    assert len(store.about("/m/b.go")) == 1
    store.put(_report("example.com/m", "/m", "a.go", "b.go"))
    assert [each.report.package for each in store.about("/m/a.go")] == ["example.com/m"]


def test_findings_in_files_of_other_packages() -> None:
    store = PackageStore(_never_lost)
    user = _report("user", "/m/user", "u.go")
    store.put(evolve(user, findings=(*user.findings, _finding("/m/lib/l.go", "user"))))
    store.put(_report("lib", "/m/lib", "l.go"))
    assert [each.report.package for each in store.about("/m/lib/l.go")] == ["lib", "user"]
    assert store.put(user) == {"/m/user/u.go", "/m/lib/l.go"}
    assert [each.report.package for each in store.about("/m/lib/l.go")] == ["lib"]


def test_a_package_that_is_gone() -> None:
    store = PackageStore(_never_lost)
    store.put(_report("p", "/m", "a.go"))
    assert store.put(PackageReport("p", "/m", ())) == {"/m/a.go"}
    assert store.known_paths() == ()


def test_a_file_that_is_gone() -> None:
    store = PackageStore(_never_lost)
    store.put(_report("p", "/m", "a.go", "b.go"))
    store.drop_file("/m/a.go")
    assert store.about("/m/a.go") == ()
    (known,) = store.about("/m/b.go")
    assert known.report.files == ("/m/b.go",)


def test_tests_that_do_not_compile_keep_their_findings() -> None:
    store = PackageStore(_never_lost)
    store.put(_report("p", "/m", "a.go", "a_test.go"))
    store.put(_report("p", "/m", "a.go"))
    error = CompileError(Place("/m/a_test.go", 1, 1), "undefined: y")
    assert "/m/a_test.go" in store.fail_tests("p", (error,))
    (known,) = store.about("/m/a_test.go")
    assert {finding.span.file for finding in known.report.findings} == {"/m/a.go", "/m/a_test.go"}
    assert store.waiting_for("/m/a_test.go") == (error,)
    assert store.waiting_for("/m/a.go") is None


def test_excluded_until_it_is_not() -> None:
    store = PackageStore(_never_lost)
    store.exclude("/m/w.go", "excluded for plan9")
    assert store.excluded("/m/w.go") == "excluded for plan9"
    assert store.excluded_paths() == ("/m/w.go",)
    store.exclude("/m/w.go", "")
    assert store.excluded_paths() == ()
