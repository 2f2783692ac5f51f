"""docs/protocol.md: all that goescape adds to the protocol, and nothing that it does not."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from lsprotocol import types as lsp
from lsprotocol.converters import get_converter

from goescape.lsp import command_names, extensions
from goescape.lsp.commands.table import COMMANDS
from goescape.lsp.progress import ServerState, Status
from tests.conftest import REPOSITORY
from tests.lsp.capabilities import neovim
from tests.lsp.harness import Talk, conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

PAGE = (REPOSITORY / "docs" / "protocol.md").read_text("utf-8")
SERVER = REPOSITORY / "server" / "goescape" / "lsp"
JSON = re.compile(r"```json\n(.*?)```", re.DOTALL)
NAME = re.compile(r"goescape/\w+|goescape[A-Z]\w*|goescape\.\w+|source\.fixAll\.goescape")


def section(heading: str, level: str = "##") -> str:
    """What stands below a heading, up to the next of its level."""
    start = f"{level} {heading}\n"
    assert f"\n{start}" in PAGE, f"docs/protocol.md has no heading {heading}"
    rest = PAGE.partition(f"\n{start}")[2]
    return re.split(rf"^#{{2,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def headings(heading: str) -> set[str]:
    """The names that a section describes."""
    return set(re.findall(r"^### `(.+)`$", section(heading), re.MULTILINE))


def example(heading: str) -> Any:
    """The JSON that stands first below the heading of a name."""
    return first_json(section(f"`{heading}`", level="###"))


def first_json(text: str) -> Any:
    found = JSON.search(text)
    assert found, text
    return json.loads(found[1])


@pytest.mark.parametrize(
    ("heading", "names"),
    [
        ("What a client says of itself", extensions.FLAGS),
        ("Notifications from the server", extensions.NOTIFICATIONS),
        ("Commands", COMMANDS),
        ("Kinds of code actions", extensions.ACTION_KINDS),
        ("`data`", ("Diagnostic.data", "CodeAction.data", "InlayHint.data")),
    ],
)
def test_each_is_described_and_no_other(heading: str, names: object) -> None:
    assert isinstance(names, (tuple, dict))
    assert headings(heading) == set(names)


def test_no_name_stands_elsewhere_in_the_code() -> None:
    listed = {*extensions.FLAGS, *extensions.NOTIFICATIONS, *extensions.ACTION_KINDS, *COMMANDS}
    for file in SERVER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and NAME.fullmatch(text):
                assert text in listed, f"{file.name}: {text}"
                assert file.stem in {"extensions", "command_names"}, f"{file.name}: {text}"


def test_every_command_has_its_name_from_the_list() -> None:
    own = vars(command_names).items()
    names = {value for name, value in own if name.isupper() and name != "NAMES"}
    assert names == set(COMMANDS)


def test_the_flags_are_those_of_the_example() -> None:
    flags = first_json(section("What a client says of itself"))["experimental"]
    assert set(flags) == set(extensions.FLAGS)


def test_the_status_is_the_one_that_is_sent() -> None:
    assert set(example(extensions.STATUS)) == {field.name for field in attrs.fields(Status)}
    text = section(f"`{extensions.STATUS}`", level="###")
    assert all(f"`{state.value}`" in text for state in ServerState)


MODULE = """
-- go.mod --
module example.com/shop

go 1.21
-- cart/cart.go --
package cart

import "fmt"

type Item struct{ n int }

func Add(n int) *Item {
	item := Item{n}
	return &item
}

func Name(n int) string { return fmt.Sprintf("%d", n) }
"""


def has_members(answer: Any, shape: Any) -> bool:
    """Whether an answer has the members of an example; what is empty there may be anything."""
    if isinstance(shape, dict) and shape and isinstance(answer, dict):
        members = (has_members(answer[key], value) for key, value in shape.items() if key in answer)
        return answer.keys() == shape.keys() and all(members)
    if isinstance(shape, list) and len(shape) == 1 and isinstance(answer, list):
        return bool(answer) and all(has_members(member, shape[0]) for member in answer)
    return True


async def test_answers_have_the_documented_members(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    counts, site = map(json.loads, JSON.findall(section("Commands"))[:2])
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "cart" / "cart.go")
        shown = await talk.until(lambda: talk.shown(uri), "diagnostics")
        [package] = await _command(talk, command_names.PACKAGES)
        assert has_members([package], example(command_names.PACKAGES))
        assert package["counts"].keys() == counts.keys()
        file = await _command(talk, command_names.FILE, uri)
        assert has_members(file, example(command_names.FILE))
        functions = await _command(talk, command_names.SITES, package["uri"])
        assert has_members(functions, example(command_names.SITES))
        rows = [*file["sites"], *(row for function in functions for row in function["sites"])]
        assert has_members(rows, [site])
        flow = await _command(talk, command_names.SHOW_FLOW, *file["sites"][0]["flow"])
        assert has_members(flow, example(command_names.SHOW_FLOW))
        assert len(shown) == 2


async def test_data_has_the_documented_members(write_tree: WriteTree) -> None:
    folder = write_tree(MODULE)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "cart" / "cart.go")
        data = await talk.until(lambda: _data_with_fixes(talk, uri), "a proved fix")
        assert has_members(data, example("Diagnostic.data"))
        hints = [_plain(hint.data) for hint in await talk.until_hints(uri)]
        assert all(hint.keys() < example("InlayHint.data").keys() for hint in hints)
        span = lsp.Range(lsp.Position(0, 0), lsp.Position(99, 0))
        params = lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(uri), span, lsp.CodeActionContext([])
        )
        actions = await talk.client.text_document_code_action_async(params)
        every = (getattr(action, "data", None) for action in actions or ())
        names = [_plain(data) for data in every if data is not None]
        assert names
        assert has_members(names, [example("CodeAction.data")])


def _data_with_fixes(talk: Talk, uri: str) -> Any:
    every = (_plain(diagnostic.data) for diagnostic in talk.shown(uri) or ())
    return next((data for data in every if "fixes" in data), None)


async def _command(talk: Talk, name: str, *arguments: object) -> Any:
    return _plain(await talk.command(name, *arguments))


def _plain(value: object) -> Any:
    """As JSON has it."""
    return get_converter().unstructure(value) if not isinstance(value, (dict, list)) else value
