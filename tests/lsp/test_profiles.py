"""Profiles in an editor: loaded by a command, shown in hovers and lenses, read again, removed."""

from __future__ import annotations

import asyncio
import gzip
import re
import shutil
from typing import TYPE_CHECKING

import pytest
from lsprotocol import types as lsp

from tests.conftest import EXAMPLE_PROFILE
from tests.lsp.capabilities import neovim
from tests.lsp.harness import DEADLINE_SECONDS, Talk, conversation

if TYPE_CHECKING:
    from pathlib import Path

WARNING, HINT = lsp.DiagnosticSeverity.Warning, lsp.DiagnosticSeverity.Hint


@pytest.fixture
def copy(tmp_path: Path, example_profile: Path) -> Path:
    """The experiment in another folder than the profile has, with the profile in it."""
    folder = tmp_path / "copy"
    shutil.copytree(EXAMPLE_PROFILE, folder)
    shutil.copy(example_profile, folder / "mem.prof")
    return folder


def severity(talk: Talk, uri: str, text: str) -> lsp.DiagnosticSeverity | None:
    """Of the only diagnostic on the line with this text."""
    number = talk.at(uri, text).line
    found = {each.severity for each in talk.shown(uri) or () if each.range.start.line == number}
    return found.pop() if len(found) == 1 else None


async def hover(talk: Talk, uri: str, needle: str) -> str:
    found = await talk.hover(uri, needle)
    assert found is not None
    assert isinstance(found.contents, lsp.MarkupContent)
    return found.contents.value


async def test_a_profile_is_shown_and_goes_again(copy: Path) -> None:
    async with conversation(neovim(), copy) as talk:
        uri = talk.open(copy / "boxed.go")
        plain = talk.open(copy / "plain.go")
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is WARNING)

        told = await talk.command("goescape.loadProfile", "mem.prof")
        assert told["name"] == str(copy / "mem.prof")
        assert told["objects"] > 1_000_000
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is HINT)
        await talk.until(lambda: severity(talk, plain, "make([]Point") is WARNING)
        shown = await hover(talk, uri, "&Point{")
        assert " M objects, " in shown
        assert " % of all allocations" in shown
        titles = [each.command.title for each in await talk.lenses(uri) if each.command]
        assert any("heap allocations" in t and "of all allocations" in t for t in titles)
        titles = [each.command.title for each in await talk.lenses(plain) if each.command]
        assert len([t for t in titles if t.endswith("of all allocations")]) == 2

        assert await talk.command("goescape.removeProfile", "mem.prof") == []
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is WARNING)
        assert "of all allocations" not in await hover(talk, uri, "&Point{")


async def test_hints_have_the_share_where_that_is_wanted(copy: Path) -> None:
    settings = {"hints": {"profile": True}}
    async with conversation(neovim(), copy, settings=settings) as talk:
        uri = talk.open(copy / "boxed.go")
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is WARNING)
        await talk.command("goescape.loadProfile", "mem.prof")
        labels = [str(hint.label) for hint in await talk.hints(uri)]
        assert any(re.search(r"heap: .*, \d+(\.\d)? %", label) for label in labels)
        found = await talk.command("goescape.sites", copy.as_uri())
        percents = [site["percent"] for each in found for site in each["sites"]]
        assert "" in percents
        assert any(each.endswith(" %") for each in percents)


async def share(talk: Talk, uri: str) -> str:
    """What the hover says of the profiles."""
    lines = (await hover(talk, uri, "&Point{")).splitlines()
    return next((line for line in lines if "of all allocations" in line), "")


async def until_another_share(talk: Talk, uri: str, before: str) -> str:
    """Ask until the hover says something else of the profiles."""

    async def look() -> str:
        while (found := await share(talk, uri)) == before:
            await talk.pause()
        return found

    return await asyncio.wait_for(look(), DEADLINE_SECONDS)


async def test_a_profile_that_is_written_again_is_read_again(copy: Path) -> None:
    file = copy / "mem.prof"
    whole = file.read_bytes()
    async with conversation(neovim(), copy, allow_errors=True) as talk:
        uri = talk.open(copy / "boxed.go")
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is WARNING)
        await talk.command("goescape.loadProfile", file.as_uri(), "first")
        once = await share(talk, uri)
        assert once

        file.write_bytes(whole[: len(whole) // 2])
        kept = "The profile from before is kept."
        await talk.until(lambda: any(kept in each.message for each in talk.client.log_messages))
        assert await share(talk, uri) == once
        file.write_bytes(gzip.decompress(whole) * 2)  # which is how pprof's files are merged
        twice = await until_another_share(talk, uri, once)

        file.unlink()
        shutil.copy(EXAMPLE_PROFILE / "go.mod", copy / "other.prof")
        assert await talk.command("goescape.loadProfile", "other.prof") is None
        assert await share(talk, uri) == twice
        assert await talk.command("goescape.removeProfile") == []
        assert not await share(talk, uri)


async def test_several_profiles_have_names(copy: Path) -> None:
    async with conversation(neovim(), copy) as talk:
        uri = talk.open(copy / "boxed.go")
        await talk.until(lambda: severity(talk, uri, 'name + "!"') is WARNING)
        await talk.command("goescape.loadProfile", "mem.prof", "first")
        one = await share(talk, uri)
        await talk.command("goescape.loadProfile", "mem.prof", "second")
        assert await share(talk, uri) != one
        assert await talk.command("goescape.removeProfile", "first") == ["second"]
        assert await share(talk, uri) == one


async def test_what_cannot_be_used_is_one_sentence(copy: Path, example_cpu_profile: Path) -> None:
    async with conversation(neovim(), copy, allow_errors=True) as talk:
        for arguments, words in (
            ((str(example_cpu_profile),), "is a CPU profile"),
            (("none.prof",), "does not exist"),
            ((), "name the file of a heap profile"),
        ):
            assert await talk.command("goescape.loadProfile", *arguments) is None
            await talk.until(lambda words=words: words in talk.told(), words)  # type: ignore[misc]
        assert await talk.command("goescape.removeProfile", "none") == []
        await talk.until(lambda: "no profile none is loaded" in talk.told())
