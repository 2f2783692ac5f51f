"""Of code about which compilers' words mislead, editors show what the terminal says: after opening,
while a line above it is typed, and after more is saved.
"""

from __future__ import annotations

import io
import json
import shutil
from typing import TYPE_CHECKING, Any

from lsprotocol import types as lsp

from goescape.terminal.commands.check import check
from goescape.terminal.commands.check_outcome import CheckOptions
from goescape.terminal.output import json_output
from goescape.terminal.output.progress import ProgressLine
from goescape.toolchain.engine import EngineOptions
from tests.conftest import GO_VERSIONS
from tests.lsp.capabilities import neovim
from tests.lsp.harness import Talk, conversation
from tests.truth.test_kinds import write_kinds

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

Shown = set[tuple[int, int, int, int, str, str, str]]
"""Of each finding its range, the code, the severity and the message."""
SEVERITIES = ("error", "warning", "information", "hint")
CLAUSE = "package kinds\n"
COMMENT = "// A comment above all of it.\n"
ADDED = "\nfunc added_{0}() {{ kept = long + long }}\n"


async def test_editors_show_what_the_terminal_says(tmp_path: Path) -> None:
    write_kinds(tmp_path, int(GO_VERSIONS[-1].split(".")[1]))
    told = await in_terminal(tmp_path)
    lower = await in_terminal(edited_copy(tmp_path, COMMENT, ""))
    more = await in_terminal(edited_copy(tmp_path, COMMENT, ADDED))
    async with conversation(neovim(), tmp_path) as talk:
        names = {talk.open(tmp_path / name): name for name in sorted({f["file"] for f in told})}
        await until_agreed(talk, told, names)
        opened = [await around(talk, uri, told, names[uri]) for uri in names]

        for uri in names:
            talk.edit(uri, CLAUSE, COMMENT + CLAUSE)
        await until_agreed(talk, lower, names)
        assert opened == [await around(talk, uri, lower, names[uri]) for uri in names]

        for uri, name in names.items():
            talk.save(tmp_path / name, talk.texts[uri] + ADDED.format(name[0]), uri=uri)
        await until_agreed(talk, more, names)
        for uri, name in names.items():
            await around(talk, uri, more, name)


def edited_copy(folder: Path, comment: str, added: str) -> Path:
    """The module with more text in its files, at their beginning and end."""
    copy = folder.with_name(f"{folder.name}_edited{len(added)}")
    shutil.copytree(folder, copy)
    for file in copy.glob("*.go"):
        text = file.read_text("utf-8").replace(CLAUSE, comment + CLAUSE, 1)
        file.write_text(text + added.format(file.name[0]), "utf-8")
    return copy


async def in_terminal(folder: Path) -> list[dict[str, Any]]:
    """The findings of ``check``."""
    progress = ProgressLine(io.StringIO(), enabled=False, width=80)
    outcome = await check(CheckOptions(str(folder)), EngineOptions(), progress)
    findings = json.loads("".join(json_output.render(outcome)))["findings"]
    assert findings
    in_root = (finding for finding in findings if "/" not in finding["file"])
    return [finding for finding in in_root if finding["file"] != "measure_test.go"]


async def until_agreed(
    talk: Talk, told: Iterable[dict[str, Any]], names: Mapping[str, str]
) -> None:
    """Wait until each file shows what the terminal says of it."""

    def different() -> list[Shown]:
        return [in_editor(talk, uri) ^ said(told, name) for uri, name in names.items()]

    try:
        await talk.until(lambda: not any(different()))
    except AssertionError:
        assert sorted(set().union(*different())) == []  # which findings
        raise


def said(told: Iterable[dict[str, Any]], name: str) -> Shown:
    """What is to be shown of a file."""
    return {
        (
            finding["line"],
            finding["column"],
            finding["end_line"],
            finding["end_column"],
            finding["code"],
            finding["severity"],
            finding["message"],
        )
        for finding in told
        if finding["file"] == name
    }


def in_editor(talk: Talk, uri: str) -> Shown:
    return brief(talk.shown(uri) or [])


def brief(diagnostics: Iterable[lsp.Diagnostic]) -> Shown:
    """As the terminal has them: the files hold nothing but ASCII."""
    return {
        (
            each.range.start.line + 1,
            each.range.start.character + 1,
            each.range.end.line + 1,
            each.range.end.character + 1,
            str(each.code),
            SEVERITIES[(each.severity or 1) - 1],
            each.message,
        )
        for each in diagnostics
    }


async def around(
    talk: Talk, uri: str, told: Iterable[dict[str, Any]], name: str
) -> list[str | None]:
    """Hints stand behind the findings, hovers say the same; the titles of the lenses."""
    of_file = [finding for finding in told if finding["file"] == name]
    hints = {(each.position.line, each.position.character) for each in await talk.hints(uri)}
    ends = {(each["end_line"] - 1, each["end_column"] - 1) for each in of_file}
    assert hints == ends
    document = lsp.TextDocumentIdentifier(uri)
    for finding in of_file:
        at = lsp.Position(finding["line"] - 1, finding["column"] - 1)
        hover = await talk.client.text_document_hover_async(lsp.HoverParams(document, at))
        assert hover is not None, finding
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert finding["message"] in hover.contents.value
    lenses = await talk.lenses(uri)
    return [each.command.title if each.command is not None else None for each in lenses]
