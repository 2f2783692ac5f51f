"""Every reason is given somewhere, with what its sentence names.

That every language has all of them, with the same placeholders, is in ``test_languages``.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from string import Formatter
from typing import TYPE_CHECKING

from goescape.analysis.messages.catalogues import language_names
from goescape.analysis.messages.languages import ENGLISH, catalogue_of
from goescape.analysis.messages.reason import Reason, ReasonCode
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator


CHINESE = catalogue_of("zh-cn")
CATALOGUES = [catalogue_of(name) for name in language_names()]
SERVER = REPOSITORY / "server" / "goescape"
LANGUAGES = SERVER / "analysis" / "messages" / "catalogues"
GIVING = {"UnsafeError", "Reason.of"}
"""What makes a reason of a code, as its first argument, and of what the sentence names."""
TRANSLATED = [code for code in ReasonCode if code is not ReasonCode.GO_SAYS]


def names_of(node: ast.AST) -> Iterator[str]:
    """The codes that a piece of source mentions."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Attribute) and ast.unparse(inner.value) == "ReasonCode":
            yield inner.attr


def given() -> dict[str, dict[str, frozenset[str]]]:
    """For each code, where it is given and with which arguments."""
    places: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for file in SERVER.rglob("*.py"):
        if file.is_relative_to(LANGUAGES):
            continue
        tree = ast.parse(file.read_text("utf-8"))
        calls = [
            node
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {*GIVING, "cls.of"}
        ]
        for call in calls:
            for name in names_of(call.args[0]) if call.args else ():
                place = f"{file.relative_to(SERVER).as_posix()}:{call.lineno}"
                places[name][place] = frozenset(str(word.arg) for word in call.keywords)
        mentioned = sum(1 for _ in names_of(tree))
        counted = sum(1 for call in calls for _ in names_of(call.args[0] if call.args else call))
        assert mentioned == counted, f"{file.name} takes a code for something else"
    return places


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_every_reason_is_given_with_what_its_sentence_names() -> None:
    places = given()
    assert not {code.name for code in ReasonCode} - places.keys(), "nothing gives these"
    wrong = {
        f"{place}: {name}": sorted(arguments)
        for name, calls in places.items()
        for place, arguments in calls.items()
        if arguments != fields(ENGLISH.reasons[ReasonCode[name]])
    }
    assert not wrong


def test_no_two_reasons_say_the_same() -> None:
    for words in CATALOGUES:
        shapes = defaultdict(set)
        for code, sentence in words.reasons.items():
            shapes[re.sub(r"\{\w+\}", "{}", sentence)].add(code.name)
        assert not [names for names in shapes.values() if len(names) > 1]


def test_reasons_are_sentences() -> None:
    for code in set(TRANSLATED) - {ReasonCode.THE_PACKAGE}:
        english, chinese = ENGLISH.reasons[code], CHINESE.reasons[code]
        assert re.match(r"[A-Z`{]|go vet", english), english
        assert english.endswith((".", "}")), english
        assert chinese.endswith(("。", "}")), chinese
        assert not re.search(r"[,;:.!?] |[,.]$", re.sub(r"`[^`]*`", "", chinese)), chinese


def test_what_is_named_stays_as_it_is() -> None:
    reason = Reason.of(ReasonCode.COPY_COSTS, type="{T}", limit="1024")
    assert ENGLISH.reason(reason) == "A `{T}` has more than 1024 bytes: copying it costs, too."
    assert CHINESE.reason(reason) == "`{T}` 超过 1024 字节：复制它同样有代价。"


def test_a_reason_is_one_line() -> None:
    reason = Reason.of(ReasonCode.USED_AS_WHOLE, expression='f(\n\t"a  b",\n)')
    assert ENGLISH.reason(reason) == '`f( "a  b", )` is used as a whole.'


def test_a_reason_of_a_reason_is_in_the_same_language() -> None:
    inner = Reason.of(ReasonCode.DOES_NOT_COMPILE, error="undefined: x")
    reason = Reason.of(ReasonCode.IN_IMPORTER, reason=inner)
    assert ENGLISH.reason(reason) == (
        "In a package that imports this one: It does not compile: undefined: x"
    )
    assert CHINESE.reason(reason) == "在导入这个包的某个包中：修改后无法编译：undefined: x"


def test_equal_reasons_are_equal() -> None:
    one = Reason.of(ReasonCode.COPY_COSTS, type="T", limit="8")
    other = Reason.of(ReasonCode.COPY_COSTS, limit="8", type="T")
    assert one == other
    assert len({one, other}) == 1
