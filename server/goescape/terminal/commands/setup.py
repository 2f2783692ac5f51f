"""``goescape setup``: what an editor needs to start the server, printed, written, or looked for."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.terminal.editors.json_members import NotAnObjectError, inserted
from goescape.terminal.editors.places import UserFolders
from goescape.terminal.editors.plugin import plugin_files
from goescape.terminal.editors.recipes import MULTIPLEXER, RECIPES, Command, Recipe, family
from goescape.terminal.output.style import Style, printable
from goescape.terminal.targets import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BACKUP = ".goescape-backup"


def user_places() -> UserFolders:
    """Those of whoever runs this."""
    return UserFolders(Path.home(), os.environ)


def server_command(program: str) -> Command:
    """What an editor starts the server with: the installed command, else this Python."""
    named = shutil.which(program) or ""
    if Path(program).stem == "goescape" and named:
        return (os.path.abspath(named), "server")  # noqa: PTH100 - it goes without `..`
    return (sys.executable, "-m", "goescape", "server")


def recipes_for(word: str) -> list[Recipe]:
    """The recipes for an editor; UsageError for an unknown one."""
    recipes_of_family = family(word)
    if not recipes_of_family:
        names = ", ".join(recipe.name for recipe in RECIPES)
        raise UsageError(f"There is no recipe for {word}; there are {names}.")
    return recipes_of_family


def snippet_lines(recipe: Recipe, places: UserFolders, command: Command) -> Iterator[str]:
    """The snippet and where it belongs."""
    comment = recipe.comment or ("--" if recipe.language == "lua" else "//")
    yield f"{comment} {recipe.title}: {printable(recipe.place(places))}"
    if recipe.plugin is not None:
        folder = printable(recipe.plugin(places))
        yield f"{comment} `goescape setup {recipe.name} --write` also puts the plugin into {folder}"
    yield from recipe.text(command).splitlines()


@frozen
class ConfigChange:
    """A file as it is and as it should be."""

    path: str
    before: str
    after: str
    newline: str = "\n"
    """What ends the file's lines; both texts have plain ones."""

    @classmethod
    def to(cls, path: str, after: str | Callable[[str], str]) -> ConfigChange:
        """A file with this text, or with what becomes of its own (nothing when it is new)."""
        try:
            raw = Path(path).read_bytes().decode() if Path(path).exists() else ""
        except (OSError, UnicodeDecodeError) as problem:
            raise UsageError(f"{printable(path)} cannot be read: {problem}.") from None
        before = raw.replace("\r\n", "\n")
        new = after if isinstance(after, str) else after(before)
        return cls(path, before, new, "\r\n" if before != raw else "\n")

    @property
    def is_needed(self) -> bool:
        """Whether the file is not yet as it should be."""
        return self.after != self.before

    def diff(self, style: Style) -> Iterator[str]:
        """What would be different, in lines."""
        roles = {"+": "information", "-": "error", "@": "faint"}
        before, after = self.before.splitlines(), self.after.splitlines()
        lines = difflib.unified_diff(before, after, self.path, self.path, lineterm="")
        for line in lines:
            role = "strong" if line.startswith(("+++", "---")) else roles.get(line[:1], "")
            shown = "".join(c if c == "\t" else printable(c) for c in line)
            yield style.paint(role, shown) if role else shown

    def write(self) -> str:
        """Write the file; the path of the backup, empty when there was no file."""
        target = Path(os.path.realpath(self.path))  # a link into somebody's dotfiles stays one
        backup = ""
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                backup = str(_free_backup_path(Path(self.path)))
                shutil.copy2(target, backup)
            _replace(target, self.after.replace("\n", self.newline))
        except OSError as problem:
            text = f"{printable(self.path)} cannot be written: {problem.strerror or problem}."
            raise UsageError(text) from None
        return backup


def config_change(recipe: Recipe, places: UserFolders, command: Command) -> ConfigChange:
    """What setting up an editor changes; UsageError when only the user can do it."""
    path = recipe.place(places)
    return ConfigChange.to(path, lambda before: _merged_text(recipe, path, before, command))


def plugin_changes(recipe: Recipe, places: UserFolders) -> list[ConfigChange]:
    """What copying the editor's plugin changes, where there is one."""
    if recipe.plugin is None:
        return []
    folder = Path(recipe.plugin(places))
    return [ConfigChange.to(str(folder / name), text) for name, text in plugin_files().items()]


def _merged_text(recipe: Recipe, path: str, before: str, command: Command) -> str:
    snippet = recipe.text(command)
    if recipe.members is not None:
        try:
            after = inserted(before, recipe.members(command))
        except NotAnObjectError:
            raise _manual_setup_error(recipe, path, "it is not the text of a JSON object") from None
        if not _names(after, command):
            raise _manual_setup_error(recipe, path, "it names another program there")
        return after
    if not recipe.comment:
        return snippet
    begin, end = _marks(recipe)
    rest, place = _without_block(recipe, before)
    if recipe.clashes(rest):
        raise _manual_setup_error(recipe, path, recipe.advice)
    block = f"{begin}\n{snippet}{end}\n"
    if place is None:
        gap = "" if not rest or rest.endswith("\n\n") else "\n" if rest.endswith("\n") else "\n\n"
        return f"{rest}{gap}{block}"
    return rest[:place] + block + rest[place:]


def _names(text: str, command: Command) -> bool:
    return all(f'"{word}"' in text.replace("\\\\", "\\") for word in command)


def _manual_setup_error(recipe: Recipe, path: str, why: str) -> UsageError:
    return UsageError(
        f"{printable(path)} is left as it is: {why}. `goescape setup {recipe.name}` prints what "
        "is missing."
    )


def _marks(recipe: Recipe) -> tuple[str, str]:
    """The lines around what belongs to goescape in a file of the user's."""
    name = f"{recipe.comment} goescape setup {recipe.name}"
    return f"{name}: begin", f"{name}: end"


def _without_block(recipe: Recipe, text: str) -> tuple[str, int | None]:
    """The text without what an earlier setup wrote, and where that stood."""
    begin, end = _marks(recipe)
    lines = text.splitlines(keepends=True)
    begins = [number for number, line in enumerate(lines) if line.rstrip() == begin]
    ends = [number for number, line in enumerate(lines) if line.rstrip() == end]
    if not begins or not ends or ends[0] < begins[0]:
        return text, None
    head = "".join(lines[: begins[0]])
    return head + "".join(lines[ends[0] + 1 :]), len(head)


def _free_backup_path(path: Path) -> Path:
    """A name for the backup that nothing has."""
    names = (
        path.with_name(f"{path.name}{_BACKUP}{f'-{n}' if n > 1 else ''}") for n in range(1, 10_000)
    )
    return next(name for name in names if not name.exists())


def _replace(target: Path, text: str) -> None:
    """Write all of it or nothing."""
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    with tempfile.NamedTemporaryFile(
        "w",
        encoding="utf-8",
        newline="",
        dir=target.parent,
        prefix=f".{target.name}.",
        delete=False,
    ) as partial:
        partial.write(text)
    Path(partial.name).chmod(mode)
    Path(partial.name).replace(target)


def write_and_report(
    recipe: Recipe, places: UserFolders, command: Command, style: Style
) -> Iterator[str]:
    """Set an editor up, and say so as lines: the diff, then where it was written."""
    yield from _write_and_report_one(config_change(recipe, places, command), recipe.title, style)
    wanted = [change for change in plugin_changes(recipe, places) if change.is_needed]
    for change in wanted:
        if change.before:
            yield from _write_and_report_one(change, recipe.title, style)
        else:
            change.write()
    if wanted and recipe.plugin is not None:
        yield f"{recipe.title}: the plugin is in {printable(recipe.plugin(places))}."


def _write_and_report_one(wanted: ConfigChange, title: str, style: Style) -> Iterator[str]:
    shown = printable(wanted.path)
    if not wanted.is_needed:
        yield f"{title}: {shown} is as it should be."
        return
    yield from wanted.diff(style)
    backup = wanted.write()
    kept = f"; what it was is in {printable(backup)}" if backup else ""
    yield f"{title}: {shown} is written{kept}."


def editor_status(places: UserFolders, command: Command) -> Iterator[str]:
    """Which editors there are, and which of them know goescape."""
    yield f"The command: {printable(' '.join(command))}"
    for program, why in (("gopls", ""), (MULTIPLEXER, " (pipx install rassumfrassum)")):
        yield f"{program}: {printable(shutil.which(program) or f'not in PATH{why}')}"
    for recipe in RECIPES:
        installed = next(filter(None, map(shutil.which, recipe.programs)), "")
        state = _state(recipe, places, command)
        yield f"{recipe.name}: {printable(installed) or 'not in PATH'}; {state}"


def _state(recipe: Recipe, places: UserFolders, command: Command) -> str:
    path = printable(recipe.place(places))
    try:
        wanted = config_change(recipe, places, command)
    except UsageError:
        return f"set up by hand, or not at all, in {path}"
    if not wanted.is_needed:
        stale = any(change.is_needed for change in plugin_changes(recipe, places))
        again = f"; `goescape setup {recipe.name} --write` brings its plugin" if stale else ""
        return f"set up in {path}{again}"
    if _mentions_goescape(recipe, wanted.before):
        return f"set up differently in {path}; `goescape setup {recipe.name}` prints it afresh"
    return f"not set up: `goescape setup {recipe.name}`"


def _mentions_goescape(recipe: Recipe, text: str) -> bool:
    """Whether the file speaks of goescape, other recipes' blocks aside."""
    for other in RECIPES:
        if other is not recipe and other.comment:
            text, _ = _without_block(other, text)
    return "goescape" in text


def missing_multiplexer(recipe: Recipe) -> str:
    """A sentence when the recipe needs a program that is not there."""
    needs = recipe.members is not None and f'"{MULTIPLEXER}"' in recipe.text(("",))
    if not needs or shutil.which(MULTIPLEXER):
        return ""
    return f"{recipe.title} needs {MULTIPLEXER} for this: pipx install rassumfrassum."
