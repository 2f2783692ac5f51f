"""The clients say and do alike, from one source."""

from __future__ import annotations

from tests.conftest import REPOSITORY
from tests.project import clients

SHARED = REPOSITORY / "client-nvim" / "lua" / "goescape" / "shared.lua"


def test_the_plugin_s_part_is_fresh(update: bool) -> None:
    if update:
        SHARED.write_text(clients.lua(), "utf-8", newline="\n")
    assert SHARED.read_text("utf-8") == clients.lua(), "run pytest with --update"


def test_no_client_has_them_of_its_own() -> None:
    generated = {SHARED, REPOSITORY / "client-vscode" / "src" / "server.generated.ts"}
    folders = (REPOSITORY / "client-vscode" / "src", REPOSITORY / "client-nvim")
    for file in (file for folder in folders for file in folder.rglob("*")):
        if file.suffix in {".ts", ".lua"} and file not in generated:
            text = file.read_text("utf-8")
            for own in ("nothing on the heap", "in a loop or large", "180000", "180_000"):
                assert own not in text, f"{file.name} says {own!r} itself"
