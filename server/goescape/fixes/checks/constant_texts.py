"""Texts that the source shows, and whether what parses them would accept them.

What panics now where it is called would panic when the program starts: only what is certainly
accepted may be parsed there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.syntax.nodes import text
from goescape.analysis.syntax.scopes import definition

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode


def constant_text(code: PackageCode, file: GoFile, node: Node) -> str | None:
    """The value of a string constant that is the same in every build; None where unknown."""
    literal = text(node)
    if node.type == "identifier":
        name = text(node)
        if definition(node) is not None or not code.syntax.is_constant(file, node):
            return None
        if code.is_mentioned_elsewhere(name):
            return None
        literal = code.syntax.constant_value(name) or ""
    elif node.type not in {"interpreted_string_literal", "raw_string_literal"}:
        return None
    return _unquoted(literal)


def _unquoted(literal: str) -> str | None:
    if re.fullmatch(r"`[^`\r]*`", literal):
        return literal[1:-1]
    if not re.fullmatch(r'"(?:[^"\\\n]|\\[\\"nt])*"', literal):
        return None
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[1]), literal[1:-1])


def is_valid_pattern(pattern: str) -> bool:
    """Whether package regexp certainly compiles this: the part of its syntax that is common."""
    position, atom, was_counted, counted = 0, False, False, [False]
    while position < len(pattern):
        token = _TOKEN.match(pattern, position)
        if token is None:
            return False
        position, kind = token.end(), token.lastgroup
        if kind == "repeat":
            is_count = token[0].startswith("{")
            if not atom or not _is_valid_repeat(token[0]) or (is_count and was_counted):
                return False
            counted[-1] |= is_count
        elif kind == "group":
            counted.append(False)
        elif kind == "end":
            was_counted = counted.pop()
            if not counted:
                return False
            counted[-1] |= was_counted
        elif kind == "class" and not _is_valid_class(token[0]):
            return False
        was_counted = was_counted and kind == "end"
        atom = kind in {"class", "end", "literal", "escape"}
    names = _NAMES.findall(pattern)
    return len(counted) == 1 and len(pattern) <= _LONGEST and len(set(names)) == len(names)


def _is_valid_repeat(repeat: str) -> bool:
    numbers = [int(number) for number in re.findall(r"\d+", repeat)]
    return numbers == sorted(numbers) and all(n <= _MOST for n in numbers)


def _is_valid_class(written: str) -> bool:
    """Whether ``[a-z0-9_]`` has only ranges of characters that go upwards."""
    items = _ITEM.findall(written[1:-1].removeprefix("^"))
    position = 0
    while position < len(items):
        if items[position : position + 2][1:] == ["-"] and position + 2 < len(items):
            ends = [items[position], items[position + 2]]
            if any(end == "-" or _SET.match(end) for end in ends) or ends[0][-1] > ends[1][-1]:
                return False
            if any(re.fullmatch(r"\\[a-z]", end) for end in ends):
                return False
            position += 3
        else:
            position += 1
    return True


def is_valid_template(template: str) -> bool:
    """Whether text/template certainly parses this: fields, and blocks that end."""
    blocks: list[str] = []
    rest = _ACTION.sub("", template)
    if "{{" in rest or "}}" in rest or "{{{" in template:
        return False
    for action in _ACTION.findall(template):
        match action.split(None, 1):
            case ["end"]:
                if not blocks:
                    return False
                blocks.pop()
            case ["else"]:
                if not blocks or blocks[-1] == "else":
                    return False
                blocks[-1] = "else"
            case ["if" | "range" | "with" as block, argument] if _PIPELINE.fullmatch(argument):
                blocks.append(block)
            case _ if not _PIPELINE.fullmatch(action):
                return False
    return not blocks


_ESCAPES = {"n": "\n", "t": "\t"}
_LONGEST = 2000
_MOST = 200
"""A larger count could make a program that is too large."""
_TOKEN = re.compile(
    r"""
    (?P<repeat>(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??(?![*+?{]))
    |(?P<group>\((?:\?:|\?P<[A-Za-z_]\w*>|\?[imsU]+:|(?!\?)))
    |(?P<end>\))
    |(?P<flags>\(\?[imsU]+\))
    |(?P<class>\[(?!\^\])\^?(?:\[:\^?(?:alnum|alpha|digit|lower|upper|punct|space|word|xdigit):\]
        |\\[dDsSwWnrt.\-\]\[\\/^$|?*+(){}]|[^\]\[\\])+\])
    |(?P<escape>\\[dDsSwWnrtf.\-\]\[\\/^$|?*+(){}"'#:=<>@!,;&%~`])
    |(?P<empty>\\[bBAz]|[\^$|])
    |(?P<literal>[^\\\[\](){}*+?|^$])
    """,
    re.VERBOSE | re.ASCII,
)
_ITEM = re.compile(r"\[:\^?[a-z]+:\]|\\.|[^\\]", re.DOTALL)
"""What a class consists of."""
_SET = re.compile(r"\[:|\\[dDsSwW]")
_NAMES = re.compile(r"\(\?P<(\w+)>")
_ACTION = re.compile(r"\{\{(?:- )?\s*([^{}\"`'\\]*?)\s*(?: -)?\}\}")
_PIPELINE = re.compile(
    r"(?:\.|(?:\.[A-Za-z]\w*)+)(?:\s*\|\s*(?:html|js|len|urlquery|print|println))*", re.ASCII
)
