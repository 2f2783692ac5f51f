"""The terminal in Chinese, as ``LANG`` asks for it: every part of an answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.terminal.command import goescape
from tests.terminal.test_check import MODULE as HEADER
from tests.terminal.test_comparing import committed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module m

go 1.21
-- p.go --
package m

import "fmt"

func Text(n int) string {
	return fmt.Sprintf("%d", n)
}
"""
REFUSED = """
-- go.mod --
module m

go 1.21
-- p.go --
package m

import (
	"fmt"
	"time"
)

type Point struct{ X int }

//go:noinline
func New() *Point { return &Point{} }

func C(t *time.Duration, n *int) string { return fmt.Sprintf("%d%d", *t, *n) }
"""
MORE = "package m\n\nfunc F() *int { return new(int) }\n"
CHINESE = {"LC_ALL": "zh_CN.UTF-8"}


@pytest.fixture
def folder(write_tree: WriteTree) -> Path:
    """A module with a finding and a fix."""
    return write_tree(MODULE)


def test_check(folder: Path, go_path: str) -> None:
    answer = goescape("check", "-C", folder, "--go", go_path, env=CHINESE)
    assert "`n` 被复制到堆上" in answer.stdout
    assert re.search(
        r"^1 个包中有 \d 处分配（go1\.\d+\.\d+, \d+\.\d s）", answer.stdout, re.MULTILINE
    )
    (folder / "p.go").write_text("package m\n")
    answer = goescape("check", "-C", folder, "--go", go_path, env=CHINESE)
    assert answer.stdout.startswith("1 个包中没有发现分配（")


def test_explain(folder: Path, go_path: str) -> None:
    answer = goescape("explain", f"{folder}/p.go:6", "--go", go_path, env=CHINESE)
    for heading in ("原因", "步骤", "通常有效的办法", "何时可以不管", "级别", "编译器的原话"):
        assert heading in answer.stdout.splitlines()


def test_fix(folder: Path, go_path: str) -> None:
    answer = goescape("fix", "-C", folder, "--go", go_path, "--diff", env=CHINESE)
    assert "用 strconv.Itoa 代替 fmt.Sprintf (sprintf)" in answer.stdout
    assert re.search(r"消除 1 处堆分配；已用 go1\.\d+\.\d+ 检验", answer.stdout)


def test_why_there_is_no_fix(write_tree: WriteTree, go_path: str) -> None:
    folder = write_tree(REFUSED)
    answer = goescape("fix", "-C", folder, "--go", go_path, "--diff", env=CHINESE)
    assert "1 x sprintf: C 将不再被内联：" in answer.stdout
    assert "1 x return-value: 其他包可能会调用导出的函数。" in answer.stdout


def test_compare(folder: Path, go_path: str) -> None:
    committed(folder)
    (folder / "p.go").write_text(MORE)
    answer = goescape("compare", "HEAD", "-C", folder, "--go", go_path, env=CHINESE)
    assert re.search(r"^新增 .*p\.go:3: `new\(int\)` 分配在堆上", answer.stdout, re.MULTILINE)
    assert "自 HEAD 以来的分配点：消失 " in answer.stdout


def test_other_languages_are_english(write_tree: WriteTree, go_path: str) -> None:
    folder = write_tree(HEADER)
    answer = goescape("check", "-C", folder, "--go", go_path, env={"LC_ALL": "xx_XX.UTF-8"})
    assert " in 1 package (" in answer.stdout
