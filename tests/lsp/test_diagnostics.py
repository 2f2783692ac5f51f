"""Diagnostics, pushed and pulled, as three kinds of editors see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp

from tests.lsp.capabilities import bare, neovim, pushed_vscode, vscode
from tests.lsp.harness import Talk, brief, conversation, underlined, wants

if TYPE_CHECKING:
    from tests.conftest import WriteTree

SMALL = """
-- go.mod --
module example.com/small

go 1.21
-- p.go --
package small

func F() *int {
	u := 1 // want u returned
	return &u
}

func G(n int) []*int {
	var all []*int
	for i := 0; i < n; i++ {
		all = append(all, new(int)) // want append(all, new(int)) returned; new(int) stored-in-heap
	}
	return all
}
"""


@pytest.mark.parametrize("capabilities", [bare(), neovim(), pushed_vscode()])
async def test_opening_a_file_shows_its_findings(
    write_tree: WriteTree, capabilities: lsp.ClientCapabilities
) -> None:
    folder = write_tree(SMALL)
    async with conversation(capabilities, folder) as talk:
        assert talk.result.capabilities.position_encoding == lsp.PositionEncodingKind.Utf16
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        assert talk.published[-1].version == 1


async def test_a_diagnostic_says_all_that_is_known(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        first, _, in_loop = await talk.until_wanted(uri)
        assert first.source == "goescape"
        assert first.severity == lsp.DiagnosticSeverity.Information
        assert in_loop.severity == lsp.DiagnosticSeverity.Warning
        assert first.code_description is not None
        assert first.code_description.href.endswith("docs/causes.md#returned")
        assert first.related_information is not None
        steps = [
            underlined(talk.texts[uri], each.location.range) for each in first.related_information
        ]
        lines = [each.location.range.start.line for each in first.related_information]
        assert set(lines) == {4}, steps
        assert {each.location.uri for each in first.related_information} == {uri}
        data: Any = first.data
        assert data["package"] == "example.com/small"
        assert data["compiler"] == "moved to heap: u"
        assert (data["anchor"]["line"], data["anchor"]["column"]) == (4, 2)


async def test_a_bare_client_gets_no_related_information(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(bare(), folder) as talk:
        found = await talk.until_wanted(talk.open(folder / "p.go"))
        assert all(each.related_information is None for each in found)


@pytest.mark.fast
async def test_saving_replaces_and_an_empty_list_clears(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        talk.save(folder / "p.go", "package small\n\nfunc F() int { return 1 }\n")
        await talk.until_shown(uri)
        talk.save(
            folder / "p.go",
            "package small\n\nfunc F() *int { return new(int) } // want new(int) returned\n",
        )
        await talk.until_wanted(uri)


async def test_only_files_that_differ_are_published(write_tree: WriteTree) -> None:
    folder = write_tree(
        SMALL
        + """
-- q.go --
package small

func Q() *int {
	v := 2 // want v returned
	return &v
}
"""
    )
    async with conversation(neovim(), folder) as talk:
        other = talk.open(folder / "q.go")
        await talk.until_wanted(other)
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        before = len([each for each in talk.published if each.uri == other])
        talk.save(folder / "p.go", "package small\n")
        await talk.until_shown(uri)
        assert len([each for each in talk.published if each.uri == other]) == before


async def test_files_that_are_not_open_are_published_without_version(
    write_tree: WriteTree,
) -> None:
    folder = write_tree(SMALL + "-- q.go --\npackage small\n")
    async with conversation(neovim(), folder) as talk:
        talk.open(folder / "q.go")
        uri = (folder / "p.go").as_uri()
        talk.texts[uri] = (folder / "p.go").read_text()
        await talk.until_wanted(uri)
        assert talk.published[-1].version is None


# Pulling.


async def _pull(talk: Talk, uri: str, previous: str | None = None) -> Any:
    parameters = lsp.DocumentDiagnosticParams(
        lsp.TextDocumentIdentifier(uri), previous_result_id=previous
    )
    return await talk.client.text_document_diagnostic_async(parameters)


async def _pull_all(talk: Talk, previous: dict[str, str]) -> Any:
    ids = [lsp.PreviousResultId(uri, value) for uri, value in previous.items()]
    return await talk.client.workspace_diagnostic_async(lsp.WorkspaceDiagnosticParams(ids))


async def _until_pulled(talk: Talk, uri: str) -> Any:
    """Ask after every refresh, as editors do, until the wanted findings come."""
    while True:
        seen = talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH]
        report = await _pull(talk, uri)
        if brief(report.items, talk.texts[uri]) == wants(talk.texts[uri]):
            return report
        await _until_refreshed(talk, seen)


async def _until_refreshed(talk: Talk, seen: int) -> None:
    await talk.until(lambda: talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH] > seen)


async def test_a_client_that_pulls_is_told_when_and_nothing_is_pushed(
    write_tree: WriteTree,
) -> None:
    folder = write_tree(SMALL)
    async with conversation(vscode(), folder) as talk:
        assert talk.result.capabilities.diagnostic_provider is not None
        uri = talk.open(folder / "p.go")
        report = await _until_pulled(talk, uri)
        again = await _pull(talk, uri, report.result_id)
        assert isinstance(again, lsp.RelatedUnchangedDocumentDiagnosticReport)
        assert again.result_id == report.result_id
        seen, before = talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH], report.result_id
        talk.save(folder / "p.go", "package small\n\nvar Kept = new(int)\n")
        await _until_refreshed(talk, seen)
        report = await _pull(talk, uri, before)
        assert report.kind == "full"
        assert report.result_id != before
        assert talk.published == []


async def test_the_workspace_is_pulled_with_what_changed(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL + "-- q.go --\npackage small\n\nfunc Q() *int { return new(int) }\n")
    async with conversation(vscode(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await _until_pulled(talk, uri)
        report = await _pull_all(talk, {})
        ids = {each.uri: each.result_id for each in report.items}
        assert set(ids) == {uri, (folder / "q.go").as_uri()}
        report = await _pull_all(talk, ids)
        assert {each.kind for each in report.items} == {"unchanged"}
        seen = talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH]
        talk.save(folder / "p.go", "package small\n")
        await _until_refreshed(talk, seen)
        report = await _pull_all(talk, ids)
        kinds = {each.uri: each.kind for each in report.items}
        assert kinds == {uri: "full", (folder / "q.go").as_uri(): "unchanged"}
        assert next(each.items for each in report.items if each.uri == uri) == ()


async def test_neovim_pulls_badly_and_is_pushed_to_instead(write_tree: WriteTree) -> None:
    async with conversation(neovim(), write_tree(SMALL)) as talk:
        assert talk.result.capabilities.diagnostic_provider is None


# Broken, excluded, changing.


async def test_a_package_that_does_not_compile_keeps_its_findings_and_says_so(
    write_tree: WriteTree,
) -> None:
    folder = write_tree(SMALL + "-- q.go --\npackage small\n")
    good = (folder / "q.go").read_text()
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        other = talk.open(folder / "q.go")
        found = wants(talk.texts[uri])
        await talk.until_shown(uri, *found)
        talk.save(folder / "q.go", "package small\n\nvar X int = nothing\n")
        shown = await talk.until_shown(uri, "1 package small waiting", *found)
        assert shown[0].message == "escape analysis waits: the package does not compile"
        assert shown[0].severity == lsp.DiagnosticSeverity.Hint
        assert shown[0].related_information is not None
        assert "nothing" in shown[0].related_information[0].message
        assert shown[0].related_information[0].location.uri == other
        assert shown[0].related_information[0].location.range.start.line == 2
        hover = await talk.hover(uri, "u := 1")
        assert hover is not None
        assert "from before" in str(hover.contents)
        await talk.until_shown(other, "1 package small waiting")
        talk.save(folder / "q.go", good)
        await talk.until_shown(uri, *found)
        await talk.until_shown(other)


async def test_a_package_that_never_compiled_says_so(write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule example.com/x\n\ngo 1.21\n"
        "-- p.go --\n// Package x is broken.\npackage x // yes\n\nvar X int = nothing\n"
    )
    async with conversation(bare(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_shown(uri, "2 package x waiting")


async def test_a_file_that_the_build_leaves_out_says_why(write_tree: WriteTree) -> None:
    folder = write_tree(
        SMALL + "-- p_plan9.go --\n//go:build plan9\n\npackage small\n\nvar P = new(int)\n"
    )
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p_plan9.go")
        (diagnostic,) = await talk.until_shown(uri, "3 package small excluded")
        assert "plan9" in diagnostic.message
        assert diagnostic.severity == lsp.DiagnosticSeverity.Hint


async def test_unsaved_edits_move_what_is_asked_for(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(vscode(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await _until_pulled(talk, uri)
        talk.edit(uri, "func F()", "// 逃 😀\n\nfunc F()")
        report = await _pull(talk, uri)
        assert brief(report.items, talk.texts[uri]) == wants(talk.texts[uri])
        talk.edit(uri, "u := 1", "u := 17")
        report = await _pull(talk, uri)
        gone = [each for each in wants(talk.texts[uri]) if " u " not in each]
        assert brief(report.items, talk.texts[uri]) == gone
        assert await talk.hover(uri, "u := 17") is None


async def test_a_result_that_comes_late_fits_the_edited_buffer(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        talk.edit(uri, "func F()", "\n\n\nfunc F()")
        await talk.until_wanted(uri)


async def test_columns_behind_other_scripts(write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- go.mod --\nmodule example.com/x\n\ngo 1.21\n"
        "-- p.go --\npackage x\n\n// page\f feed\n"
        'func F() (string, *int) { s := "逃逸😀"; 变 := 1; return s, &变 } // want 变 returned\r\n'
    )
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        hover = await talk.hover(uri, "变 :=")
        assert hover is not None
        assert hover.range is not None
        assert underlined(talk.texts[uri], hover.range) == "变"


@pytest.mark.parametrize("name", ["with space", "ha#sh", "100%25", "逃逸分析", "a?b", "[x]"])
async def test_folders_with_unusual_names(write_tree: WriteTree, name: str) -> None:
    folder = (
        write_tree(
            SMALL.replace("-- go.mod", f"-- {name}/go.mod").replace("-- p.go", f"-- {name}/p.go")
        )
        / name
    )
    async with conversation(neovim(), folder) as talk:
        await talk.until_wanted(talk.open(folder / "p.go"))


async def test_a_link_keeps_the_editors_name(write_tree: WriteTree) -> None:
    folder = write_tree(
        SMALL.replace("-- go.mod", "-- real/go.mod").replace("-- p.go", "-- real/p.go")
    )
    (folder / "link").symlink_to("real")
    async with conversation(neovim(), folder / "link") as talk:
        uri = talk.open(folder / "link" / "p.go")
        await talk.until_wanted(uri)
        assert {each.uri for each in talk.published} == {uri}


async def test_a_file_that_is_opened_again_is_told_again(write_tree: WriteTree) -> None:
    """Editors forget what they were told of a file that is closed."""
    folder = write_tree(SMALL)
    async with conversation(pushed_vscode(), folder) as talk:
        await talk.until_wanted(uri := talk.open(folder / "p.go"))
        talk.close(uri)
        await talk.pause()
        talk.published.clear()
        talk.open(folder / "p.go")
        await talk.until_wanted(uri)


async def test_two_folders_come_and_go(write_tree: WriteTree) -> None:
    folder = write_tree(
        SMALL.replace("-- go.mod", "-- a/go.mod").replace("-- p.go", "-- a/p.go")
        + SMALL.replace("-- go.mod", "-- b/go.mod").replace("-- p.go", "-- b/p.go")
    )
    async with conversation(neovim(), folder / "a", folder / "b") as talk:
        first, second = talk.open(folder / "a" / "p.go"), talk.open(folder / "b" / "p.go")
        await talk.until_wanted(first)
        await talk.until_wanted(second)
        talk.close(second)
        gone = lsp.WorkspaceFolder((folder / "b").as_uri(), "b")
        change = lsp.WorkspaceFoldersChangeEvent(added=[], removed=[gone])
        talk.client.workspace_did_change_workspace_folders(
            lsp.DidChangeWorkspaceFoldersParams(change)
        )
        await talk.until_shown(second)


async def test_a_lone_file_without_folder(write_tree: WriteTree) -> None:
    folder = write_tree(
        "-- lone.go --\npackage main\n\nvar P *int\n\n"
        "func main() {\n\tx := 1 // want x stored-in-heap\n\tP = &x\n}\n"
    )
    async with conversation(bare()) as talk:
        await talk.until_wanted(talk.open(folder / "lone.go"))


async def test_changes_outside_the_editor_are_seen(write_tree: WriteTree) -> None:
    folder = write_tree(SMALL)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_wanted(uri)
        new = folder / "new.go"
        new.write_text(
            "package small\n\nfunc N() *int { return new(int) } // want new(int) returned\n"
        )
        talk.texts[new.as_uri()] = new.read_text()
        await talk.until_wanted(new.as_uri())
        new.unlink()
        await talk.until_shown(new.as_uri())


async def test_tests_that_do_not_compile_keep_their_findings(write_tree: WriteTree) -> None:
    folder = write_tree(
        SMALL
        + "-- p_test.go --\npackage small\n\nvar kept *int\n\n"
        + "func keep() {\n\ty := 1 // want y stored-in-heap\n\tkept = &y\n}\n"
    )
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p_test.go")
        good = talk.texts[uri]
        await talk.until_wanted(uri)
        talk.save(folder / "p_test.go", good + "\nvar X int = nothing\n")
        await talk.until_shown(uri, "1 package small waiting", *wants(good))
        talk.save(folder / "p_test.go", good)
        await talk.until_wanted(uri)


async def test_a_whole_workspace_comes_in_parts(write_tree: WriteTree) -> None:
    functions = "".join(
        f"-- g{i}.go --\npackage small\n\nfunc G{i}() *int {{ return new(int) }}\n"
        for i in range(50)
    )
    folder = write_tree(SMALL + functions)
    async with conversation(vscode(), folder) as talk:
        await _until_pulled(talk, talk.open(folder / "p.go"))
        whole = await _pull_all(talk, {})
        parts: list[Any] = []
        talk.client.protocol.fm.features.pop(lsp.PROGRESS)
        talk.client.feature(lsp.PROGRESS)(lambda params: parts.append(params.value))
        params = lsp.WorkspaceDiagnosticParams([], partial_result_token="part")
        rest = await talk.client.workspace_diagnostic_async(params)
        assert not rest.items
        assert len(parts) == 3
        found = [item["uri"] for part in parts for item in part["items"]]
        assert sorted(found) == sorted(each.uri for each in whole.items)
