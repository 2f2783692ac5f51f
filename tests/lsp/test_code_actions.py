"""Code actions: proved fixes, offered, applied and refused; the steps to the heap."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lsprotocol import types as lsp

from goescape.lsp.uris import path_of
from tests.lsp.capabilities import bare, neovim, vscode
from tests.lsp.harness import conversation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import WriteTree
    from tests.lsp.harness import Talk

SPRINTF = """
-- go.mod --
module example.com/fixed

go 1.21
-- p.go --
package fixed

import "fmt"

// Ä 𝄞
func A(é int) string { /* 𝄞 */ return fmt.Sprintf("%d", é) }

func B(s string) string {
	return fmt.Sprintf("<%s>", s)
}
"""
ITOA = "Use strconv.Itoa instead of fmt.Sprintf"
CONCATENATION = "Use string concatenation instead of fmt.Sprintf"
FIXED_A = "return strconv.Itoa(é) }"
QUICK = lsp.CodeActionKind.QuickFix
WHY = "Why does this escape?"


async def ask(
    talk: Talk, uri: str, needle: str, *only: str, diagnostics: tuple[lsp.Diagnostic, ...] = ()
) -> list[lsp.CodeAction]:
    """The code actions at a text."""
    at = talk.at(uri, needle)
    found = await talk.client.text_document_code_action_async(
        lsp.CodeActionParams(
            lsp.TextDocumentIdentifier(uri),
            lsp.Range(at, at),
            lsp.CodeActionContext(list(diagnostics), only=list(only) or None),
        )
    )
    return [each for each in found or () if isinstance(each, lsp.CodeAction)]


async def offered(talk: Talk, uri: str, needle: str, title: str, *only: str) -> lsp.CodeAction:
    """The fix of a title, asked for again until it is proved."""
    for _ in range(400):
        for action in await ask(talk, uri, needle, *only):
            if action.title.startswith(title):
                return action
        await talk.pause()
    raise AssertionError(f"never offered: {title}\n{talk.told()}")


async def withdrawn(talk: Talk, uri: str, needle: str, title: str) -> None:
    """Wait until an action is offered no more."""
    for _ in range(400):
        if not any(each.title.startswith(title) for each in await ask(talk, uri, needle)):
            return
        await talk.pause()
    raise AssertionError(f"still offered: {title}")


async def resolved(talk: Talk, action: lsp.CodeAction) -> lsp.WorkspaceEdit:
    """Its edits."""
    if action.edit is None:
        action = await talk.client.code_action_resolve_async(action)
    assert action.edit is not None
    return action.edit


def apply(talk: Talk, edit: lsp.WorkspaceEdit) -> list[str]:
    """Make the edits as an editor does: in buffers, or on the disk; the URIs that changed."""
    by_uri: dict[str, list[Any]] = {uri: list(each) for uri, each in (edit.changes or {}).items()}
    for change in edit.document_changes or ():
        assert isinstance(change, lsp.TextDocumentEdit)
        document = change.text_document
        assert document.version == (talk.versions[document.uri] or None)
        by_uri[document.uri] = list(change.edits)
    for uri, edits in by_uri.items():
        backwards = sorted(
            edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True
        )
        if uri not in talk.texts:
            talk.open(Path(path_of(uri) or ""))
        for each in backwards:
            talk.replace(uri, each.range, each.new_text)
    return list(by_uri)


async def _open(talk: Talk, folder: Path, name: str = "p.go") -> str:
    uri = talk.open(folder / name)
    await talk.until(lambda: talk.shown(uri) or talk.refreshes)
    return uri


@pytest.mark.fast
@pytest.mark.parametrize("capabilities", [vscode, neovim])
async def test_a_fix_is_applied_and_its_finding_vanishes(
    write_tree: WriteTree, capabilities: Callable[[], lsp.ClientCapabilities]
) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(capabilities(), folder) as talk:
        uri = await _open(talk, folder)
        before = talk.texts[uri]
        action = await offered(talk, uri, "Sprintf", ITOA)
        assert action.kind == QUICK
        assert action.is_preferred
        assert action.title.startswith(f"{ITOA} (removes 1 heap allocation; checked with go1.")
        [diagnostic] = action.diagnostics or ()
        assert diagnostic.code == "interface-conversion"
        assert (action.edit is None) == (capabilities is vscode)
        edit = await resolved(talk, action)
        assert apply(talk, edit) == [uri]
        assert FIXED_A in talk.texts[uri]
        assert 'import "strconv"\n' in talk.texts[uri]
        assert await ask(talk, uri, "strconv.Itoa") == []
        talk.save(folder / "p.go")
        await offered(talk, uri, "<%s>", CONCATENATION)
        assert [a.title for a in await ask(talk, uri, "strconv.Itoa")] == []
        talk.save(folder / "p.go", before)  # undone
        await offered(talk, uri, "Sprintf", ITOA)


async def test_a_fix_leads_to_its_page(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    page = "https://github.com/goescape/goescape/blob/main/docs/fixes/sprintf.md"
    async with conversation(neovim(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "Sprintf", ITOA)
        assert isinstance(action.data, dict)
        assert action.data["documentation"] == page
        hover = await talk.hover(uri, "é) }")
        assert hover is not None
        assert isinstance(hover.contents, lsp.MarkupContent)
        assert f"**Proved to help:** [{ITOA}]({page})\n" in hover.contents.value


async def test_edits_are_small(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(neovim(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "<%s>", CONCATENATION)
        assert action.edit is not None
        [edit] = (action.edit.changes or {})[uri]
        assert (edit.range.start.line, edit.range.end.line) == (8, 8)
        assert edit.new_text == '"<" + s + ">"'


async def test_a_client_that_knows_commands_only(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    applied: list[lsp.ApplyWorkspaceEditParams] = []
    async with conversation(bare(), folder) as talk:

        def take(params: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
            applied.append(params)
            return lsp.ApplyWorkspaceEditResult(applied=True)

        talk.client.protocol.fm.features.pop(lsp.WORKSPACE_APPLY_EDIT, None)
        talk.client.feature(lsp.WORKSPACE_APPLY_EDIT)(take)
        uri = await _open(talk, folder)
        await talk.command("goescape.applyFix", {"file": "nonsense"})
        assert talk.client.messages
        for _ in range(400):
            at = talk.at(uri, "Sprintf")
            found = await talk.client.text_document_code_action_async(
                lsp.CodeActionParams(
                    lsp.TextDocumentIdentifier(uri), lsp.Range(at, at), lsp.CodeActionContext([])
                )
            )
            fix = next((each for each in found or () if each.title.startswith(ITOA)), None)
            if fix is not None:
                break
            await talk.pause()
        assert isinstance(fix, lsp.Command)
        await talk.command(fix.command, *(fix.arguments or ()))
        assert apply(talk, applied[0].edit) == [uri]
        assert FIXED_A in talk.texts[uri]


async def test_a_text_that_changed_in_between(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "Sprintf", ITOA)
        talk.edit(uri, "// Ä", "// Ö")
        after = await talk.client.code_action_resolve_async(action)
        assert after.edit is None
        assert "has changed since" in talk.client.messages[-1].message
        assert [a.title for a in await ask(talk, uri, "Sprintf")] == [WHY]
        talk.edit(uri, "// Ö", "// Ä")
        again = await offered(talk, uri, "Sprintf", ITOA)
        assert (await resolved(talk, again)).document_changes


async def test_all_fixes_of_a_file_at_once(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        title = "Apply all proved fixes of this file (removes 2 heap allocations; "
        action = await offered(talk, uri, "package", title, "source.fixAll")
        assert action.kind == "source.fixAll.goescape"
        apply(talk, await resolved(talk, action))
        text = talk.texts[uri]
        assert FIXED_A in text
        assert 'return "<" + s + ">"' in text
        assert "fmt" not in text
        assert not [a for a in await ask(talk, uri, "package") if a.kind == action.kind]


async def test_a_client_that_cannot_wait_for_edits_is_not_asked_to(write_tree: WriteTree) -> None:
    """VS Code asks for each entry of its menu, and forgets entries when diagnostics change."""
    async with conversation(bare(), write_tree(SPRINTF)) as talk:
        options = talk.result.capabilities.code_action_provider
        assert isinstance(options, lsp.CodeActionOptions)
        assert not options.resolve_provider


async def test_only_what_is_asked_for(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        options = talk.result.capabilities.code_action_provider
        assert isinstance(options, lsp.CodeActionOptions)
        assert options.resolve_provider
        await offered(talk, uri, "Sprintf", ITOA)
        kinds = [str(a.kind) for a in await ask(talk, uri, "Sprintf")]
        assert kinds == ["quickfix", "goescape.why"]
        assert [a.title for a in await ask(talk, uri, "Sprintf", "goescape.why")] == [WHY]
        assert await ask(talk, uri, "Sprintf", "source.organizeImports") == []
        assert await ask(talk, uri, "package") == []


@pytest.mark.parametrize("capabilities", [vscode, neovim])
async def test_editors_hear_of_proofs_that_nobody_asked_for(
    write_tree: WriteTree, capabilities: Callable[[], lsp.ClientCapabilities]
) -> None:
    """Light bulbs ask again when diagnostics change: those of fixable findings do."""
    folder = write_tree(SPRINTF)
    async with conversation(capabilities(), folder) as talk:
        uri = talk.open(folder / "p.go")
        if capabilities is neovim:
            await talk.until(lambda: _fixable(talk.shown(uri)) == [1, 1])
        else:
            await _until_pulled(talk, uri, [1, 1])
        titles = [each.title.partition(" (")[0] for each in await ask(talk, uri, "Sprintf")]
        assert titles == [ITOA, WHY]
        more = 'func C(n int) string { return fmt.Sprintf("%d", n) }\n\nfunc B'
        talk.edit(uri, "func B", more)
        talk.save(folder / "p.go")
        if capabilities is neovim:
            await talk.until(lambda: _fixable(talk.shown(uri)) == [1, 1, 1])
        else:
            await _until_pulled(talk, uri, [1, 1, 1])


def _fixable(diagnostics: list[lsp.Diagnostic] | None) -> list[object]:
    """How many fixes each diagnostic speaks of."""
    return [each.data.get("fixes") for each in diagnostics or () if isinstance(each.data, dict)]


async def _until_pulled(talk: Talk, uri: str, wanted: list[object]) -> None:
    """Ask after every refresh, as editors do."""

    def is_newer() -> bool:
        return talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH] > seen

    while True:
        seen = talk.refreshes[lsp.WORKSPACE_DIAGNOSTIC_REFRESH]
        parameters = lsp.DocumentDiagnosticParams(lsp.TextDocumentIdentifier(uri))
        report = await talk.client.text_document_diagnostic_async(parameters)
        if _fixable(list(getattr(report, "items", ()))) == wanted:
            return
        await talk.until(is_newer)


REFUSED = """
-- go.mod --
module example.com/refused

go 1.21
-- p.go --
package refused

import (
	"fmt"
	"time"
)

func A(t *time.Duration, n *int) string { return fmt.Sprintf("%d%d", *t, *n) }
"""


async def test_what_is_not_proved_is_shown_on_request(write_tree: WriteTree) -> None:
    folder = write_tree(REFUSED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "Sprintf", CONCATENATION, "refactor")
        assert action.disabled is not None
        assert action.disabled.reason.startswith("A would be inlined no more")
        assert action.edit is None
        assert CONCATENATION not in [a.title for a in await ask(talk, uri, "Sprintf")]
        talk.settings({"fixes": {"showRefused": True}})
        await offered(talk, uri, "Sprintf", CONCATENATION)


async def test_why_it_is_not_proved_is_said_in_the_language_of_the_user(
    write_tree: WriteTree,
) -> None:
    folder = write_tree(REFUSED)
    async with conversation(vscode(), folder, locale="zh-cn") as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "Sprintf", "用字符串拼接代替", "refactor")
        assert action.disabled is not None
        assert action.disabled.reason.startswith("A 将不再被内联：")
        talk.settings({"fixes": {"enable": False, "showRefused": True}})
        await withdrawn(talk, uri, "Sprintf", CONCATENATION)


COLD = """
-- go.mod --
module example.com/cold

go 1.21
-- p.go --
package cold

import "fmt"

var Name = func(n int) string { return fmt.Sprintf("%d", n) }(1000)

func init() { println(fmt.Sprintf("%d", len(Name)+1000)) }
-- generated.go --
// Code generated by hand. DO NOT EDIT.

package cold

import "fmt"

func G(n int) string { return fmt.Sprintf("%d", n) }
-- readonly.go --
package cold

import "fmt"

func R(n int) string { return fmt.Sprintf("%d", n) }
"""


async def test_cold_generated_and_read_only_code(write_tree: WriteTree) -> None:
    folder = write_tree(COLD)
    (folder / "readonly.go").chmod(0o444)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder, "generated.go")
        action = await offered(talk, uri, "Sprintf", ITOA)
        assert "this file is generated" in action.title
        assert not action.is_preferred
        uri = talk.open(folder / "readonly.go")
        action = await offered(talk, uri, "Sprintf", ITOA, "refactor")
        assert action.disabled is not None
        assert action.disabled.reason == "readonly.go is read-only."
        uri = talk.open(folder / "p.go")
        leave = await offered(talk, uri, "println", "Leave it: package initialisation runs once (")
        assert leave.kind == "goescape.why"
        assert not [a for a in await ask(talk, uri, "println") if a.title.startswith(ITOA)]


async def test_a_package_that_does_not_compile(write_tree: WriteTree) -> None:
    """Nothing is offered until it does, whatever was proved before; its tests count too."""
    folder = write_tree(SPRINTF)
    test = folder / "p_test.go"
    test.write_text("package fixed\n\nvar x string = 1\n")
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        await talk.until_idle()
        assert [a.title for a in await ask(talk, uri, "Sprintf", "quickfix", "refactor")] == []
        test.write_text("package fixed\n")
        await offered(talk, uri, "Sprintf", ITOA)
        good = talk.texts[uri]
        talk.save(folder / "p.go", good.replace("é) }", "nothing) }"))
        await talk.until(lambda: talk.statuses[-1].state == "waiting")
        assert await ask(talk, uri, "Sprintf", "quickfix", "refactor") == []
        talk.save(folder / "p.go", good)
        await offered(talk, uri, "Sprintf", ITOA)


JUDGED = """
-- go.mod --
module example.com/judged

go 1.22
-- p.go --
package judged

import "sync"

type shard struct {
	mu sync.Mutex
	n  int
}

func bump(shards []*shard) {
	for _, s := range shards {
		s.mu.Lock()
		defer func() { s.mu.Unlock() }()
		s.n++
	}
}
"""
PER_ITERATION = "Run the deferred call at the end of each iteration"


async def test_what_only_the_user_can_judge(write_tree: WriteTree) -> None:
    """A refactoring, never preferred, that says what to look at and is in no collection."""
    folder = write_tree(JUDGED)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "defer", PER_ITERATION)
        assert action.kind == "refactor.rewrite"
        assert not action.is_preferred
        assert "; look at this: " in action.title
        assert await ask(talk, uri, "defer", "quickfix") == []
        assert await ask(talk, uri, "defer", "source.fixAll") == []
        apply(talk, await resolved(talk, action))
        assert "\t\tfunc() {\n\t\t\ts.mu.Lock()\n" in talk.texts[uri], "as gofmt leaves it"


async def test_the_flow_is_shown(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "Sprintf", WHY)
        assert action.command is not None
        answers = iter(["1. ", ""])
        talk.answer = lambda titles: next(
            (t for t in titles if (start := next(answers, "")) and t.startswith(start)), None
        )
        steps = await talk.command(action.command.command, *(action.command.arguments or ()))
        assert steps[0]["location"]["uri"] == uri
        assert "fmt.Sprintf" in "".join(step["message"] for step in steps[1:])
        await talk.until(lambda: talk.questions)
        assert await talk.command("goescape.showFlow", uri, 1, 1, "nothing") is None


async def test_a_fix_of_several_files(write_tree: WriteTree) -> None:
    """Several files, open and not: versions, annotations, and one refusal for all of them."""
    folder = write_tree(SEVERAL)
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        action = await offered(talk, uri, "t := T", "Return the value instead of a pointer")
        edit = await resolved(talk, action)
        changes = [c for c in edit.document_changes or () if isinstance(c, lsp.TextDocumentEdit)]
        assert [c.text_document.version for c in changes] == [1, None]
        assert edit.change_annotations is not None
        [annotation] = edit.change_annotations.values()
        assert annotation.label == "Return the value instead of a pointer"
        assert "; 2 files; 1 caller; checked with go1." in str(annotation.description)
        (folder / "q.go").write_text((folder / "q.go").read_text() + "\n// new\n")
        after = await talk.client.code_action_resolve_async(action)
        assert after.edit is None
        (folder / "q.go").write_text((folder / "q.go").read_text().replace("\n// new\n", ""))
        again = await offered(talk, uri, "t := T", "Return the value instead of a pointer")
        for changed in apply(talk, await resolved(talk, again)):
            talk.save(Path(path_of(changed) or ""))
        await talk.until(lambda: "&" not in talk.texts[uri])
        assert "func new1() T" in talk.texts[uri]


SEVERAL = """
-- go.mod --
module example.com/several

go 1.21
-- p.go --
package several

type T struct{ n [20]int }

//go:noinline
func new1() *T {
	t := T{}
	t.n[3] = 4
	return &t
}
-- q.go --
package several

func Use() int {
	t := *new1()
	return t.n[3]
}
"""


async def test_odd_texts_keep_their_ways(write_tree: WriteTree) -> None:
    """CRLF stays, and a byte order mark that the editor does not show."""
    folder = write_tree(SPRINTF)
    content = (folder / "p.go").read_bytes().replace(b"\n", b"\r\n")
    (folder / "p.go").write_bytes(b"\xef\xbb\xbf" + content)
    async with conversation(vscode(), folder) as talk:
        uri = talk.open(folder / "p.go", content.decode())
        await talk.until(lambda: talk.refreshes)
        apply(talk, await resolved(talk, await offered(talk, uri, "<%s>", CONCATENATION)))
        wanted = content.decode().replace('fmt.Sprintf("<%s>", s)', '"<" + s + ">"')
        assert talk.texts[uri] == wanted


async def test_unsaved_text_elsewhere_in_the_package(write_tree: WriteTree) -> None:
    """Another open file may use what a fix changes: nothing is offered until it is saved."""
    folder = write_tree(SEVERAL)
    async with conversation(vscode(), folder) as talk:
        uri, other = await _open(talk, folder), talk.open(folder / "q.go")
        await offered(talk, uri, "t := T", "Return the value instead of a pointer")
        talk.edit(other, "return t.n[3]", "return t.n[4]")
        assert [a.title for a in await ask(talk, uri, "t := T")] == [WHY]
        talk.save(folder / "q.go")
        await offered(talk, uri, "t := T", "Return the value instead of a pointer")


def taken_edits(talk: Talk, *, accepts: bool = True) -> list[lsp.ApplyWorkspaceEditParams]:
    """What the server asks the editor to change, from now on."""
    taken: list[lsp.ApplyWorkspaceEditParams] = []

    def take(parameters: lsp.ApplyWorkspaceEditParams) -> lsp.ApplyWorkspaceEditResult:
        taken.append(parameters)
        return lsp.ApplyWorkspaceEditResult(applied=accepts)

    talk.client.protocol.fm.features.pop(lsp.WORKSPACE_APPLY_EDIT, None)
    talk.client.feature(lsp.WORKSPACE_APPLY_EDIT)(take)
    return taken


async def test_apply_and_test_asks_the_packages_own_tests(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    test = 'package fixed\n\nimport "testing"\n\nfunc TestNo(t *testing.T) { t.Fatal("no") }\n'
    (folder / "p_test.go").write_text(test)
    async with conversation(vscode(), folder) as talk:
        applied = taken_edits(talk)
        uri = await _open(talk, folder)
        title = f"Apply and test: {ITOA}"
        action = await offered(talk, uri, "Sprintf", title, "refactor")
        assert action.command is not None
        await talk.command(action.command.command, *(action.command.arguments or ()))
        assert "its tests fail: --- FAIL: TestNo" in talk.client.messages[-1].message
        assert applied == []
        talk.save(folder / "p.go")
        (folder / "p_test.go").write_text(test.replace("t.Fatal", "t.Log"))
        action = await offered(talk, uri, "Sprintf", title, "refactor")
        assert action.command is not None
        await talk.command(action.command.command, *(action.command.arguments or ()))
        await talk.until(lambda: applied)
        assert apply(talk, applied[0].edit) == [uri]
        assert FIXED_A in talk.texts[uri]


MEASURED = """

func BenchmarkIt(b *testing.B) {{
	for i := 0; i < b.N; i++ {{
		_ = {call}
	}}
}}
"""


async def test_apply_and_measure_asks_the_packages_own_benchmarks(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    head = 'package fixed\n\nimport "testing"'
    (folder / "p_test.go").write_text(head + MEASURED.format(call="len(A(7))"))
    async with conversation(vscode(), folder) as talk:
        applied = taken_edits(talk)
        uri = await _open(talk, folder)
        title = f"Apply and measure: {ITOA}"
        action = await offered(talk, uri, "Sprintf", title, "refactor")
        assert action.command is not None
        await talk.command(action.command.command, *(action.command.arguments or ()))
        assert (
            "not applied: No benchmark allocates less with it." in talk.client.messages[-1].message
        )
        assert applied == []
        (folder / "p_test.go").write_text(head + MEASURED.format(call="len(A(1000 + i))"))
        await talk.command(action.command.command, *(action.command.arguments or ()))
        await talk.until(lambda: applied)
        assert apply(talk, applied[0].edit) == [uri]
        assert FIXED_A in talk.texts[uri]
        said = (await talk.until(lambda: talk.client.messages[1:]))[-1].message
        assert re.search(r"BenchmarkIt\S* went from 2 to 1 allocs/op", said)


async def test_what_the_editor_refuses_was_not_applied(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    head = 'package fixed\n\nimport "testing"'
    (folder / "p_test.go").write_text(head + MEASURED.format(call="len(A(1000 + i))"))
    async with conversation(vscode(), folder) as talk:
        asked = taken_edits(talk, accepts=False)
        uri = await _open(talk, folder)
        title = f"Apply and measure: {ITOA}"
        action = await offered(talk, uri, "Sprintf", title, "refactor")
        assert action.command is not None
        await talk.command(action.command.command, *(action.command.arguments or ()))
        assert len(asked) == 1
        (said,) = await talk.until(lambda: talk.client.messages)
        assert "the editor did not apply the fix" in said.message


async def test_apply_and_test_can_be_cancelled(write_tree: WriteTree) -> None:
    folder = write_tree(SPRINTF)
    test = 'package fixed\n\nimport "testing"\n\nfunc TestLong(t *testing.T) { select {} }\n'
    (folder / "p_test.go").write_text(test + "\nfunc init() { go func() { select {} }() }\n")
    async with conversation(vscode(), folder) as talk:
        uri = await _open(talk, folder)
        title = f"Apply and test: {ITOA}"
        action = await offered(talk, uri, "Sprintf", title, "refactor")
        assert action.command is not None
        before, seen = talk.texts[uri], len(talk.progress)
        running = asyncio.ensure_future(
            talk.command(action.command.command, *(action.command.arguments or ()))
        )
        token = (await talk.until(lambda: talk.progress[seen:]))[0][0]
        cancel = lsp.WorkDoneProgressCancelParams(token)
        talk.client.window_work_done_progress_cancel(cancel)
        await asyncio.wait_for(running, 60)
        assert (token, "end") in talk.progress
        assert talk.texts[uri] == before
        assert talk.client.messages == []
