"""Every sentence in every language, and which language is spoken."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

from goescape.analysis.messages import explain
from goescape.analysis.messages.catalogue import ENGLISH
from goescape.analysis.messages.chinese import CHINESE
from goescape.analysis.messages.languages import catalogue, language_of_environment
from goescape.analysis.model import Cause, RankReason
from goescape.analysis.sites import allocation
from goescape.fixes.driver import all_rewrites

NOTE = "note "
FIX = "fix "


def notes() -> set[str]:
    """What the analysis may say of an allocation at run time: the sentences in its source."""
    tree = ast.parse(Path(allocation.__file__).read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    told = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, documented)
    }
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    loose = {
        n.value.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    return {
        text
        for text in texts - told - loose
        if re.match(r"(?!closure |heap closure)[a-z]+ \w+ \w+", text)
    }


def test_both_have_the_same_sentences() -> None:
    own = {key for key in CHINESE.templates if not key.startswith((NOTE, FIX))}
    assert own == ENGLISH.templates.keys()


def test_every_note_is_translated_and_none_is_left_over() -> None:
    translated = {key.removeprefix(NOTE) for key in CHINESE.templates if key.startswith(NOTE)}
    assert translated == notes()
    assert len(translated) > 10


def words_of_fixes() -> set[str]:
    """The titles of all rewrites, and what they say to look at."""
    titles = {title for rewrite in all_rewrites() for title in rewrite.titles}
    return titles | {rewrite.look_at for rewrite in all_rewrites() if rewrite.look_at is not None}


def test_every_fix_is_translated_and_none_is_left_over() -> None:
    translated = {key.removeprefix(FIX) for key in CHINESE.templates if key.startswith(FIX)}
    assert translated == words_of_fixes()
    assert all(re.search(r"[\u4e00-\u9fff]", CHINESE.fix(each)) for each in translated)
    assert all(fields(CHINESE.fix(each)) == fields(each) for each in translated)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("key", ENGLISH.templates)
def test_a_sentence_is_filled_with_the_same(key: str) -> None:
    assert fields(CHINESE.templates[key]) == fields(ENGLISH.templates[key])


@pytest.mark.parametrize("key", ENGLISH.templates)
def test_a_sentence_is_chinese(key: str) -> None:
    said = re.sub(r"\{\w+\}|`[^`]*`", "", CHINESE.templates[key])
    if key not in {
        "cause other",
        "label goroutine-or-defer",
        "hover profile",
        "amount",
        "stays but may allocate",
        "some return",
        "cause goroutine-or-defer",
    }:
        assert re.search(r"[\u4e00-\u9fff]", said), said


def test_every_cause_and_rank_has_its_sentences() -> None:
    for words in (ENGLISH, CHINESE):
        for cause in Cause:
            for kind in ("cause", "label", "why", "helps", "ignore"):
                assert f"{kind} {cause.value}" in words.templates
        for reason in RankReason:
            assert f"rank {reason.value}" in words.templates


@pytest.mark.parametrize(
    ("wanted", "locales", "name"),
    [
        ("auto", ["zh-cn"], "zh-cn"),
        ("auto", ["", "zh_CN.UTF-8"], "zh-cn"),
        ("auto", ["zh-Hans-SG"], "zh-cn"),
        ("auto", ["zh"], "zh-cn"),
        ("auto", ["zh-TW"], "en"),
        ("auto", ["de", "zh-cn"], "en"),
        ("auto", ["C.UTF-8"], "en"),
        ("auto", [], "en"),
        ("en", ["zh-cn"], "en"),
        ("zh-cn", ["de"], "zh-cn"),
    ],
)
def test_which_language(wanted: str, locales: list[str], name: str) -> None:
    assert catalogue(wanted, locales).name == name


def test_the_environment() -> None:
    found = language_of_environment({"LANG": "de_DE", "LC_ALL": "zh_CN.UTF-8"}.items())
    assert catalogue("auto", found) is CHINESE


def test_a_list_in_words() -> None:
    assert CHINESE.join(["`a`", "`b`", "`c`"]) == "`a`、`b` 和 `c`"
    assert CHINESE.join(["包级别", "另外 3 个函数"]) == "包级别和另外 3 个函数"
    assert explain.lens(3, 1, CHINESE) == "3 处堆分配，其中 1 处在循环中"
