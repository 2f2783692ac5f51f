"""Messages are used as they are declared: each somewhere, each with just its placeholders."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

import attrs

from goescape.analysis.messages.areas import Plural
from goescape.analysis.messages.languages import ENGLISH
from tests.analysis.test_languages import placeholders
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERVER = REPOSITORY / "server" / "goescape"
MESSAGES = {
    (area.name, field.name): getattr(getattr(ENGLISH, area.name), field.name)
    for area in attrs.fields(type(ENGLISH))
    if attrs.has(type(getattr(ENGLISH, area.name)))
    for field in attrs.fields(type(getattr(ENGLISH, area.name)))
}
Use = tuple[str, str]
"""An area and the name of a message in it."""


@cache
def statements() -> list[tuple[Path, ast.stmt]]:
    """All code by the functions and classes that it is in; catalogues are not looked at."""
    files = (file for file in SERVER.rglob("*.py") if file.parent.name != "catalogues")
    texts = ((file, file.read_text("utf-8")) for file in files)
    return [
        (file, node) for file, text in texts if "catalogue" in text for node in ast.parse(text).body
    ]


def uses(code: ast.AST) -> Iterator[tuple[ast.Attribute, Use]]:
    """``catalogue.check.sites``: the message is always named in full."""
    for node in ast.walk(code):
        if isinstance(node, ast.Attribute) and isinstance(area := node.value, ast.Attribute):
            use = (area.attr, node.attr)
            if use in MESSAGES and _is_catalogue(area.value):
                yield node, use


def _is_catalogue(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name == "catalogue"


def fillings(code: ast.AST) -> Iterator[tuple[ast.expr, set[str]]]:
    """What is filled, and the names of what it is filled with."""
    for node in ast.walk(code):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "format"
        ):
            names = {keyword.arg or "**" for keyword in node.keywords}
            yield node.func.value, names | ({"count"} if node.args else set())


def wanted(use: Use) -> set[str]:
    """The placeholders of a message."""
    message = MESSAGES[use]
    template = message.other if isinstance(message, Plural) else message
    return placeholders(template) if isinstance(template, str) else set()


def test_every_message_is_used() -> None:
    used = {use for _, code in statements() for _, use in uses(code)}
    assert not {".".join(use) for use in MESSAGES.keys() - used}


def test_every_message_is_filled_with_its_placeholders() -> None:
    wrong = []
    for file, code in statements():
        filled = list(fillings(code))
        directly = dict(filled)
        later = [names for message, names in filled if not isinstance(message, ast.Attribute)]
        for node, use in uses(code):
            names = directly.get(node)
            if names is not None and names != wanted(use):
                wrong.append(f"{file.name}: {'.'.join(use)} takes {sorted(wanted(use))}")
            elif names is None and wanted(use) and wanted(use) not in later:
                wrong.append(f"{file.name}: {'.'.join(use)} is not filled")
    assert not wrong
