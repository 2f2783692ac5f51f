"""The VS Code extension knows what the server knows: its settings, commands and causes."""

from __future__ import annotations

import json
import re
from typing import Any

import goescape
from goescape.analysis.causes import Cause
from goescape.lsp.commands.table import COMMANDS
from goescape.settings import SETTINGS, json_schema
from tests.conftest import REPOSITORY
from tests.project import clients

CLIENT = REPOSITORY / "client-vscode"
MANIFEST = CLIENT / "package.json"
GENERATED = CLIENT / "src" / "server.generated.ts"


def manifest() -> dict[str, Any]:
    known: dict[str, Any] = json.loads(MANIFEST.read_text("utf-8"))
    return known


def generated() -> str:
    """What the extension must know of the server, as TypeScript."""
    lists = {
        "SERVER_SETTINGS": [row.name for row in SETTINGS],
        "SERVER_COMMANDS": sorted(COMMANDS),
        "CAUSES": [cause.value for cause in Cause],
    }
    text = "/** Written by `pytest tests/project/test_vscode.py --update`, from the server. */\n"
    for name, values in lists.items():
        rows = "".join(f"  '{each}',\n" for each in values)
        text += f"\nexport const {name} = [\n{rows}] as const;\n"
    return text + clients.typescript()


def properties(own: dict[str, Any]) -> dict[str, Any]:
    """The manifest's settings: the extension's own, then the server's."""
    decides = {row.name: row.decides_what_runs for row in SETTINGS}
    scopes = {name: "machine-overridable" if yes else "window" for name, yes in decides.items()}
    return {
        **{name: value for name, value in own.items() if name in client_settings()},
        **{name: {**schema, "scope": scopes[name]} for name, schema in json_schema().items()},
    }


def client_settings() -> list[str]:
    """The settings that never reach the server."""
    text = (CLIENT / "src" / "settings.ts").read_text("utf-8")
    listed = re.search(r"CLIENT_SETTINGS = \[(.*?)\]", text, re.DOTALL)
    assert listed
    return re.findall(r"'(goescape\.[^']+)'", listed[1])


def test_the_settings_come_from_the_server(update: bool) -> None:
    known = manifest()
    shown = known["contributes"]["configuration"]["properties"]
    wanted = properties(shown)
    if update:
        known["contributes"]["configuration"]["properties"] = wanted
        text = json.dumps(known, indent=2, ensure_ascii=False)
        MANIFEST.write_text(f"{text}\n", "utf-8", newline="\n")
    assert list(manifest()["contributes"]["configuration"]["properties"].items()) == list(
        wanted.items()
    ), "run pytest with --update"


def test_the_generated_module_is_fresh(update: bool) -> None:
    if update:
        GENERATED.write_text(generated(), "utf-8", newline="\n")
    assert GENERATED.read_text("utf-8") == generated(), "run pytest with --update"


def test_a_folder_must_be_trusted_to_name_programs() -> None:
    known = manifest()
    trust = known["capabilities"]["untrustedWorkspaces"]
    shown = known["contributes"]["configuration"]["properties"]
    guarded = {name for name, each in shown.items() if each["scope"] == "machine-overridable"}
    assert {"goescape.server.path", "goescape.python.interpreter", "goescape.go.path"} <= guarded
    assert set(trust["restrictedConfigurations"]) == guarded


def test_the_version_is_the_servers() -> None:
    assert manifest()["version"] == goescape.__version__


def test_nobody_reads_where_packages_came_from() -> None:
    lock = (CLIENT / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    # npm adds where packages ask for money: take "funding" out again after an update
    assert "://" not in lock
