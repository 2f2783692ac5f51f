"""Puts members into the text of a JSON object and leaves the rest as it is, comments too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen

Members = Mapping[tuple[str, ...], object]
"""Values by the names that lead to them."""

_TOKEN = re.compile(
    r'(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>"(?:[^"\\]|\\.)*")|(?P<mark>[{}\[\],:])'
    r'|(?P<word>[^\s{}\[\],:"/]+)',
    re.DOTALL,
)


class NotAnObjectError(Exception):
    """The text is not that of a JSON object."""


@frozen
class _JsonObject:
    """Where an object stands in the text, and its members' values."""

    start: int
    """Behind its opening brace."""
    members: Mapping[str, _JsonObject | None]
    """None: something else than an object."""


def pretty(members: Members) -> str:
    """A whole file with these members."""
    whole: dict[str, Any] = {}
    for names, value in members.items():
        inner = whole
        for name in names[:-1]:
            inner = inner.setdefault(name, {})
        inner[names[-1]] = value
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def inserted(text: str, members: Members) -> str:
    """The text with the members that it lacks; a member that is there stays, whatever it says."""
    if not text.strip():
        return pretty(members)
    for names, value in members.items():
        text = _with_member(text, names, value)
    return text


def _with_member(text: str, names: tuple[str, ...], value: object) -> str:
    at, depth = _read(text), 0
    while True:
        inner = at.members.get(names[depth])
        if depth == len(names) - 1 or inner is None:
            break
        at, depth = inner, depth + 1
    if names[depth] in at.members:
        if depth < len(names) - 1:
            raise NotAnObjectError
        return text
    for name in reversed(names[depth + 1 :]):
        value = {name: value}
    unit = _indent(text)
    body = json.dumps({names[depth]: value}, indent=unit, ensure_ascii=False)[2:-2]
    body = body.replace("\n", "\n" + unit * depth)
    more = "," if at.members else "\n" + unit * depth
    return f"{text[: at.start]}\n{unit * depth}{body}{more}{text[at.start :].lstrip(' ')}"


def _indent(text: str) -> str:
    match = re.search(r"(?m)^([ \t]+)\S", text)
    return match[1] if match else "  "


def _read(text: str) -> _JsonObject:
    tokens = _tokens(text)
    _, brace, end = next(tokens, ("", "", 0))
    if brace != "{":
        raise NotAnObjectError
    return _object(tokens, end)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and end of each token that means something."""
    place = 1 if text.startswith("\ufeff") else 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise NotAnObjectError
        place = match.end()
        if match.lastgroup != "space":
            yield str(match.lastgroup), match[0], place


def _object(tokens: Iterator[tuple[str, str, int]], start: int) -> _JsonObject:
    """Read on to the end of an object whose opening brace has been read."""
    members: dict[str, _JsonObject | None] = {}
    name = ""
    for kind, token, end in tokens:
        if token == "}":
            return _JsonObject(start, members)
        if token == "{":
            members[name] = _object(tokens, end)
        elif token == "[":
            _skip_list(tokens)
        elif kind == "text" and not name:
            name = json.loads(token)
            members[name] = None
        elif token == ",":
            name = ""
    raise NotAnObjectError


def _skip_list(tokens: Iterator[tuple[str, str, int]]) -> None:
    depth = 1
    for _, token, _ in tokens:
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        if depth == 0:
            return
    raise NotAnObjectError
