"""Whatever the user does, in whatever order and speed: what is shown in the end is the truth.

``--thorough`` makes a thousand edits.
"""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.lsp.capabilities import pushed_vscode
from tests.lsp.harness import DEADLINE_SECONDS, Talk, brief, conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.conftest import WriteTree

FUNCTIONS = (
    "func {name}() *int {{\n\tx := {number} // want x returned\n\treturn &x\n}}\n",
    "func {name}() int {{\n\tx := {number}\n\treturn x\n}}\n",
    "func {name}() []*int {{\n\treturn []*int{{nil}} // want []*int{{nil}} returned\n}}\n",
    "// {name} is not ASCII: é 😀.\nfunc {name}() any {{ return {number}000 }}\n",
    "func {name}(n int) []int {{ return make([]int, n) }} // want make([]int, n) returned\n",
)
FRAGMENTS = (
    "}",
    "{",
    "x := ",
    "return",
    '"',
    "`",
    "/*",
    "import (",
    "func",
    "\n",
    "é😀",
    "//line a:1\n",
)
PACKAGES = {"base": "", "user": '\nimport "m/base"\n\nvar _ = base.Keep\n'}


class Folder:
    """A module, an editor's buffers over it, and somebody who does not know what they want."""

    def __init__(self, talk: Talk, root: Path, seed: int) -> None:
        self.talk = talk
        self.root = root
        self.random = random.Random(seed)
        self.uris: dict[Path, str] = {}
        self.history: dict[Path, list[str]] = {}
        self.count = 0

    def sound(self, path: Path) -> str:
        """A text that compiles."""
        package = path.parent.name
        keep = "\nvar Keep = 1\n" if path.name == "a.go" and package == "base" else ""
        imports = PACKAGES[package] if path.name == "a.go" else ""
        parts = [f"package {package}\n{imports}{keep}"]
        for _ in range(self.random.randrange(4)):
            self.count += 1
            name = f"F{self.count}"
            body = self.random.choice(FUNCTIONS).format(name=name, number=self.count)
            parts.append(body)
        return "\n".join(parts)

    def open(self, path: Path) -> None:
        self.uris[path] = self.talk.open(path)
        self.history[path] = []

    def set_text(self, path: Path, text: str) -> None:
        """An edit that can be undone."""
        uri = self.uris[path]
        before = self.talk.texts[uri]
        if text != before:
            self.history[path].append(before)
            self.talk.edit(uri, before, text)

    # What they do.

    def type(self, path: Path) -> None:
        """Insert something, somewhere, character by character."""
        text = self.talk.texts[self.uris[path]]
        at = self.random.randrange(len(text) + 1)
        fragment = self.random.choice(FRAGMENTS)
        for end in range(1, len(fragment) + 1):
            self.set_text(path, text[:at] + fragment[:end] + text[at:])

    def delete(self, path: Path) -> None:
        """Delete some lines."""
        lines = self.talk.texts[self.uris[path]].split("\n")
        at = self.random.randrange(len(lines))
        del lines[at : at + self.random.randrange(3)]
        self.set_text(path, "\n".join(lines) or "\n")

    def undo(self, path: Path) -> None:
        """Back some steps."""
        for _ in range(self.random.randrange(1, 8)):
            if self.history[path]:
                text = self.history[path].pop()
                self.talk.edit(self.uris[path], self.talk.texts[self.uris[path]], text)

    def write_well(self, path: Path) -> None:
        """A whole new text that compiles."""
        self.set_text(path, self.sound(path))

    def save(self, path: Path) -> None:
        self.talk.save(path)

    def save_all(self, _: Path) -> None:
        for path in self.uris:
            self.talk.save(path)

    def reopen(self, path: Path) -> None:
        """Close without saving, and open what the disk holds."""
        self.talk.close(self.uris[path])
        self.open(path)

    def rename(self, path: Path) -> None:
        """Give a file another name, as a file manager does."""
        if path.name == "a.go":
            return
        self.count += 1
        self.talk.close(self.uris.pop(path))
        target = path.with_name(f"r{self.count}{'_test' if 'test' in path.name else ''}.go")
        path.rename(target)
        self.open(target)

    def remove(self, path: Path) -> None:
        """Delete a file, and write another."""
        if path.name == "a.go":
            return
        self.talk.close(self.uris.pop(path))
        path.unlink()
        self.count += 1
        other = path.with_name(f"n{self.count}.go")
        other.write_text(self.sound(other))
        self.open(other)

    def switch_branch(self, _: Path) -> None:
        """Other contents of all files at once, which the editor then reads."""
        for path in self.uris:
            path.write_text(self.sound(path))
        for path in self.uris:
            self.set_text(path, path.read_text())

    async def do(self, times: int) -> None:
        """So many edits, at the speed of somebody who types or pastes."""
        doings: tuple[Callable[[Path], None], ...] = (
            *(self.type, self.type, self.delete, self.undo, self.undo, self.write_well),
            *(self.save, self.save_all, self.reopen, self.rename, self.remove, self.switch_branch),
        )
        for _ in range(times):
            path = self.random.choice(list(self.uris))
            self.random.choice(doings)(path)
            await asyncio.sleep(self.random.choice((0, 0, 0.005, 0.02, 0.1)))

    async def make_well(self) -> None:
        """Texts that compile; some are saved."""
        for path in self.uris:
            self.write_well(path)
            if self.random.random() < 0.5:
                self.talk.save(path)
        for uri in self.uris.values():
            await self.talk.until_wanted(uri)


@pytest.mark.parametrize("seed", [1, 2])
async def test_in_the_end_the_truth_is_shown(
    write_tree: WriteTree, request: pytest.FixtureRequest, tmp_path: Path, seed: int
) -> None:
    rounds = 25 if request.config.getoption("--thorough") else 4
    root = write_tree("-- mod/go.mod --\nmodule m\n\ngo 1.22\n") / "mod"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    environment = {"TMPDIR": str(temporary), "TMP": str(temporary), "TEMP": str(temporary)}
    settings = {"fixes": {"enable": False}}
    async with conversation(
        pushed_vscode(), root, settings=settings, environment=environment
    ) as talk:
        folder = Folder(talk, root, seed)
        for name in ("base/a.go", "base/b.go", "base/b_test.go", "user/a.go", "user/b.go"):
            path = root / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(folder.sound(path))
        for path in sorted(root.rglob("*.go")):
            folder.open(path)
        for _ in range(rounds):
            await folder.do(20)
            await folder.make_well()
        folder.save_all(root)
        truth = await _truth(root, settings, folder.uris)
        await talk.until(
            lambda: {path: _shown(talk, uri) for path, uri in folder.uris.items()} == truth
        )
        # what a run needed goes with it, and nobody tells when
        end = time.monotonic() + DEADLINE_SECONDS
        while talk.statuses[-1].state != "idle" or list(temporary.iterdir()):
            left = sorted(str(path) for path in temporary.rglob("*"))
            assert time.monotonic() < end, f"{talk.statuses[-1]}: {left}"
            await talk.pause()


async def _truth(
    root: Path, settings: dict[str, Any], uris: Mapping[Path, str]
) -> dict[Path, list[str]]:
    """What a fresh server shows."""
    async with conversation(pushed_vscode(), root, settings=settings) as talk:
        for path in uris:
            talk.open(path)
        for uri in uris.values():
            await talk.until_wanted(uri)
        return {path: _shown(talk, uri) for path, uri in uris.items()}


def _shown(talk: Talk, uri: str) -> list[str]:
    return brief(talk.shown(uri) or [], talk.texts[uri])
