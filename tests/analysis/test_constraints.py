"""Which build has a file: nearest to the present one, or none."""

from __future__ import annotations

import pytest

from goescape.analysis.syntax.build_constraints import Target, target_of
from goescape.analysis.syntax.source import SourceText

PRESENT = Target("linux", "amd64")


@pytest.mark.parametrize(
    ("name", "line", "shown"),
    [
        ("a.go", "", "linux/amd64"),
        ("a_windows.go", "", "windows/amd64"),
        ("a_windows_test.go", "", "windows/amd64"),
        ("a_windows_arm64.go", "", "windows/arm64"),
        ("a_s390x.go", "", "linux/s390x"),
        ("a_darwin_amd64.go", "", "darwin/amd64"),
        ("windows.go", "", "linux/amd64"),
        ("a_b.go", "//go:build !linux", "windows/amd64"),
        ("a.go", "//go:build unix && !linux", "darwin/amd64"),
        ("a.go", "//go:build (js && wasm) || wasip1", "js/wasm"),
        ("a_linux.go", "//go:build android", "android/arm64"),
        ("a.go", "//go:build debug", "linux/amd64 with debug"),
        ("a.go", "//go:build debug && !(fast||small)", "linux/amd64 with debug"),
        ("a.go", "//go:build a && b", "linux/amd64 with a, b"),
        ("a.go", "//go:build go1.20 && !go1.99", "linux/amd64"),
        ("a.go", "//go:build solaris && !illumos", "solaris/amd64"),
        ("a.go", "//go:build go1.99", ""),
        ("a.go", "//go:build ignore", ""),
        ("a.go", "//go:build cgo", ""),
        ("a.go", "//go:build race || msan", ""),
        ("a.go", "//go:build goexperiment.arenas", ""),
        ("a_windows.go", "//go:build linux", ""),
        ("a.go", "//go:build linux && windows", ""),
        ("a.go", "//go:build (linux", ""),
        ("a.go", "// +build windows", ""),
    ],
)
def test_the_nearest_build(name: str, line: str, shown: str) -> None:
    text = f"// Words.\n\n{line}\n\npackage p\n".encode()
    target = target_of(SourceText(f"/m/{name}", text), PRESENT, (1, 27))
    assert (target.shown if target is not None else "") == shown


def test_the_tags_of_the_present_build_stay() -> None:
    present = Target("linux", "amd64", ("mine",))
    source = SourceText("/m/a.go", b"//go:build mine && !linux\n\npackage p\n")
    assert target_of(source, present, (1, 27)) == Target("windows", "amd64", ("mine",))
