"""Every message in every language, and which language is spoken."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, cast

import attrs
import pytest

from goescape.analysis.evidence import code_notes
from goescape.analysis.messages import explain, languages
from goescape.analysis.messages.areas import Plural
from goescape.analysis.messages.catalogues import language_names
from goescape.analysis.messages.languages import ENGLISH, catalogue_for, language_of_environment
from goescape.analysis.model import ALLOCATES_TWICE
from goescape.analysis.positions import Span
from goescape.analysis.reports.queries import FunctionCount
from goescape.analysis.sites import allocation, run_time_size
from goescape.fixes.driver import all_rewrites

if TYPE_CHECKING:
    from collections.abc import Iterator

    from attrs import AttrsInstance

    from goescape.analysis.messages.catalogue import Catalogue

CATALOGUES = {name: languages.catalogue_of(name) for name in language_names()}
CHINESE = CATALOGUES["zh-cn"]
BY_ENGLISH = {"notes", "fixes"}
"""What findings and fixes have in English: other catalogues have it by that."""
GRAMMAR = {"name", "locales", "conjunction", "comma", "pause", "full_stop", "gap", "unspaced"}
SAME_IN_CHINESE = {
    "causes.goroutine-or-defer.destination",
    "causes.goroutine-or-defer.label",
    "causes.goroutine-or-defer.message",
    "causes.large-map.message",
    "causes.other.message",
    "finding.some_return",
    "finding.stays_but_may_allocate",
    "hover.profile",
    "profile.amount",
}


def messages(catalogue: Catalogue) -> dict[str, str]:
    """All templates by a path that names them: ``check.sites``, ``causes.returned.why``."""
    parts = vars_of(catalogue).items()
    return dict(_templates((n, part) for n, part in parts if n not in {*GRAMMAR, *BY_ENGLISH}))


def _templates(parts: Iterator[tuple[str, object]]) -> Iterator[tuple[str, str]]:
    for path, part in parts:
        if isinstance(part, str):
            yield path, part
        elif isinstance(part, Plural):
            yield path, part.other
        elif isinstance(part, Mapping):
            names = {key: key.value if isinstance(key, Enum) else key for key in part}
            yield from _templates((f"{path}.{names[key]}", part[key]) for key in part)
        elif attrs.has(type(part)):
            own = attrs.asdict(cast("AttrsInstance", part), recurse=False).items()
            yield from _templates((f"{path}.{name}", value) for name, value in own)


def mappings(catalogue: Catalogue) -> Iterator[tuple[str, Mapping[object, object]]]:
    """The parts of a catalogue that have a message for every member of an enum."""
    for name, part in {**vars_of(catalogue), **vars_of(catalogue.profile)}.items():
        if isinstance(part, Mapping) and isinstance(next(iter(part), None), Enum):
            yield name, part


def vars_of(part: AttrsInstance) -> dict[str, object]:
    """The fields of a part of a catalogue."""
    return attrs.asdict(part, recurse=False)


def placeholders(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_language_has_every_message_and_no_other(name: str) -> None:
    assert messages(CATALOGUES[name]).keys() == messages(ENGLISH).keys()
    assert CATALOGUES[name].name == name


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_language_has_a_message_for_everything_that_can_be(name: str) -> None:
    names = set()
    for part, mapping in mappings(CATALOGUES[name]):
        names.add(part)
        kind = type(next(iter(mapping)))
        assert issubclass(kind, Enum)
        assert mapping.keys() == set(kind), part
    assert names == {"advice", "causes", "ranks", "reasons", "unexplained"}


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_message_is_filled_with_the_same(name: str) -> None:
    english = messages(ENGLISH)
    for path, template in messages(CATALOGUES[name]).items():
        assert placeholders(template) == placeholders(english[path]), path


@pytest.mark.parametrize("path", messages(CHINESE))
def test_a_message_is_chinese(path: str) -> None:
    said = re.sub(r"\{\w+\}|`[^`]*`", "", messages(CHINESE)[path])
    if said and path not in SAME_IN_CHINESE and not path.endswith(".destination"):
        assert re.search(r"[\u4e00-\u9fff]", said), said


@pytest.mark.parametrize("name", [name for name in CATALOGUES if name != "en"])
def test_a_language_is_translated(name: str) -> None:
    """Words may be the same by chance; not many are."""
    translated, english = messages(CATALOGUES[name]), messages(ENGLISH)
    same = [path for path, said in translated.items() if said == english[path]]
    assert len(same) < len(english) / 10, same


def notes() -> set[str]:
    """What the analysis may say of an allocation at run time."""
    by_code = {*code_notes.WORDS.values(), *code_notes.BY_CONDITION.values()}
    by_code |= {code_notes.NOT_IN_THE_CODE, code_notes.SHARED_ALLOCATION, code_notes.ZERO_IS_SHARED}
    by_code.add(ALLOCATES_TWICE)
    return by_code.union(*map(written_notes, (allocation.__file__, run_time_size.__file__)))


def written_notes(module: str) -> set[str]:
    """The sentences in the source of a module that judges."""
    tree = ast.parse(Path(module).read_text("utf-8"))
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


@pytest.mark.parametrize("name", [name for name in CATALOGUES if name != "en"])
def test_every_note_is_translated_and_none_is_left_over(name: str) -> None:
    assert CATALOGUES[name].notes.keys() == notes()
    assert len(notes()) > 10


def words_of_fixes() -> set[str]:
    """The titles of all rewrites, and what they say to look at."""
    titles = {title for rewrite in all_rewrites() for title in rewrite.titles}
    return titles | {caution for rewrite in all_rewrites() for caution in rewrite.cautions}


@pytest.mark.parametrize("name", [name for name in CATALOGUES if name != "en"])
def test_no_translation_of_a_fix_is_left_over(name: str) -> None:
    """One that is not translated yet is shown in English, and docs/fixes/README.md lists it."""
    translated = CATALOGUES[name].fixes
    assert translated.keys() <= words_of_fixes()
    assert all(placeholders(said) == placeholders(english) for english, said in translated.items())


def test_what_fixes_do_is_chinese() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]", said) for said in CHINESE.fixes.values())


@pytest.mark.parametrize(
    ("wanted", "locales", "name"),
    [
        ("auto", ["zh-cn"], "zh-cn"),
        ("auto", ["", "zh_CN.UTF-8"], "zh-cn"),
        ("auto", ["zh-Hans-SG"], "zh-cn"),
        ("auto", ["zh"], "zh-cn"),
        ("auto", ["zh-TW"], "en"),
        ("auto", ["xx", "zh-cn"], "en"),
        ("auto", ["C.UTF-8"], "en"),
        ("auto", [], "en"),
        ("en", ["zh-cn"], "en"),
        ("zh-cn", ["xx"], "zh-cn"),
    ],
)
def test_which_language(wanted: str, locales: list[str], name: str) -> None:
    assert catalogue_for(wanted, locales).name == name


def test_the_environment() -> None:
    found = language_of_environment({"LANG": "xx_XX", "LC_ALL": "zh_CN.UTF-8"}.items())
    assert catalogue_for("auto", found) is CHINESE


def test_a_list_in_words() -> None:
    assert CHINESE.join(["`a`", "`b`", "`c`"]) == "`a`、`b` 和 `c`"
    assert CHINESE.join(["包级别", "另外 3 个函数"]) == "包级别和另外 3 个函数"
    assert ENGLISH.join(["`a`", "`b`", "`c`"]) == "`a`, `b` and `c`"
    count = FunctionCount(Span("/p.go", 1, 1, 1, 2), 3, 1)
    assert explain.lens(count, CHINESE) == "3 处堆分配，其中 1 处在循环中"
