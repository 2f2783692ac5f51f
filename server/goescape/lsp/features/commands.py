"""What the user can ask for by name; every editor can send these."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from goescape.analysis.messages import explain
from goescape.analysis.messages.languages import current_catalogue
from goescape.lsp.command_names import APPLY_AND_TEST, APPLY_FIX, SHOW_FLOW
from goescape.lsp.features import code_actions
from goescape.lsp.features.code_action import CodeAction
from goescape.lsp.features.code_lenses import SHOW_ALLOCATIONS
from goescape.lsp.uris import path_of, uri_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from goescape.analysis.model import Finding, Function
    from goescape.analysis.positions import Span
    from goescape.lsp.session import Session
    from goescape.lsp.state.report_view import ReportView
    from goescape.toolchain.proofs.prover import Proof

_log = logging.getLogger(__name__)

_MOST_CHOICES = 12
_NOT_READY = "not ready"
_NO_FILE = "open a file"


async def analyze_package(session: Session, arguments: Sequence[object]) -> None:
    """Analyse the package of a file now (its URI; without: the file that the user was in)."""
    path = _file(session, arguments)
    background = await session.ready()
    if background is None or not path:
        session.editor.tell(_NO_FILE if background else _NOT_READY)
        return
    background.scheduler.analyze_package_of(path)


async def analyze_workspace(session: Session, _: Sequence[object]) -> None:
    """Analyse every package of the workspace folders."""
    background = await session.ready()
    if background is None or not session.folders:
        session.editor.tell("open a folder" if background else _NOT_READY)
        return
    background.scheduler.resume()
    for folder in session.folders:
        background.scheduler.analyze_folder(folder)


async def pause_workspace(session: Session, _: Sequence[object]) -> bool | None:
    """Let the analysis of whole folders wait, or go on; whether it waits now."""
    background = await session.ready()
    if background is None:
        session.editor.tell(_NOT_READY)
        return None
    scheduler = background.scheduler
    (scheduler.resume if scheduler.is_paused else scheduler.pause)()
    session.tell_status()
    return scheduler.is_paused


async def restart(session: Session, _: Sequence[object]) -> None:
    """Forget everything, look for Go again, analyse what is open."""
    await session.restart()


async def show_output(session: Session, arguments: Sequence[object]) -> str | None:
    """Show the compiler's own text of a file's package; returns it where the editor cannot."""
    path = _file(session, arguments)
    background = await session.ready()
    if background is None or not path:
        session.editor.tell(_NO_FILE if background else _NOT_READY)
        return None
    engine = background.engine
    try:
        home = await engine.home(path)
        text = await engine.raw_text(home.root, home.pattern)
    except GoProblem as problem:
        session.editor.error(problem.message)
        return None
    text = text or f"{current_catalogue().text('compiler silent')}\n"
    if not session.editor.client.shows_documents:
        return text
    file = session.documents.file(home.import_path or home.pattern)
    file.write_text(text, encoding="utf-8", errors="replace")
    return None if await session.editor.show(uri_of(str(file))) else text


async def show_flow(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Lead along the steps to the heap; the answer names each with its place."""
    path = _file(session, arguments[:1])
    match arguments:
        case [_, int(line), int(column), str(subject)] if path:
            wanted = (line, column, subject)
        case _:
            return None
    found = (
        (view, finding)
        for view, finding in code_actions.all_findings(session.facts(path).views, path)
        if (finding.anchor.line, finding.anchor.column, finding.subject) == wanted
    )
    view, finding = next(found, (None, None))
    if view is None or finding is None:
        session.editor.tell("fix is old")
        return None
    translator = session.translator()
    steps = code_actions.flow(view, finding)
    places = [
        {"message": text, "location": translator.location(span.start) if span else None}
        for text, span in steps
    ]
    if not session.editor.client.places:
        session.editor.spawn(_walk(session, steps))
    return list(places)


async def _walk(session: Session, steps: Sequence[tuple[str, Span | None]]) -> None:
    """Let the user pick steps and show them, until nothing is picked."""
    lines = {f"{number}. {text}": span for number, (text, span) in enumerate(steps[1:], 1)}
    headline = steps[0][0]
    if not (session.editor.client.asks and session.editor.client.shows_documents and lines):
        session.editor.information("\n".join([headline, *lines]))
        return
    while (chosen := await session.editor.choose(headline, tuple(lines))) in lines:
        span = lines[chosen]
        if span is not None:
            selection = session.translator().range(span)
            await session.editor.show(session.buffers.uri(span.file), selection)


async def apply_fix(session: Session, arguments: Sequence[object]) -> None:
    """Apply a fix that was offered: for editors whose code actions are commands."""
    match arguments:
        case [Mapping() as data, *_]:
            await _apply(session, code_actions.named(session, data))


async def apply_and_test(session: Session, arguments: Sequence[object]) -> None:
    """Run the package's tests with a fix, and apply it if they pass."""
    match arguments:
        case [Mapping() as data, *_]:
            proof = code_actions.named(session, data)
        case _:
            return
    if proof is not None and session.background is not None:
        try:
            failure = await session.fixes.failing_tests(proof)
        except asyncio.CancelledError:
            return  # the user did not want to wait: nothing is applied
        except GoProblem as problem:
            failure = problem.message
        if failure:
            session.editor.tell("fix fails", why=failure)
            return
    await _apply(session, proof)


async def _apply(session: Session, proof: Proof | None) -> None:
    changes = session.fixes.changes(proof) if proof is not None else None
    if proof is None or changes is None:
        session.editor.tell("fix is old")
        return
    action = CodeAction(proof.candidate.headline, "", proof=proof, changes=changes)
    edit = session.translator().workspace_edit(action, session.editor.client)
    if not await session.editor.apply(proof.candidate.headline, edit):
        session.editor.tell("fix refused")


async def show_allocations(session: Session, arguments: Sequence[object]) -> list[object] | None:
    """Lead to the allocations of a function: what a click on its code lens does."""
    path = _file(session, arguments)
    line = arguments[1] if len(arguments) > 1 else None
    views = session.facts(path).views if path else ()
    if not views or not isinstance(line, int):
        return None
    view = views[0]
    function = _function_at(view, path, line)
    found = [] if function is None else allocations(view, function)
    if session.editor.client.places:
        return _places(session, view, found)
    if len(found) != 1 or not await _go_to(session, view, found[0]):
        await _offer(session, view, found[:_MOST_CHOICES])
    return None


def _places(session: Session, view: ReportView, found: Sequence[Finding]) -> list[object]:
    translator = session.translator()
    spans = ((finding, view.span(finding.span)) for finding in found)
    return [
        {"message": explain.message(finding), "location": translator.location(span.start)}
        for finding, span in spans
        if span is not None
    ]


def allocations(view: ReportView, function: Function) -> list[Finding]:
    """The allocations of a function that the text still has, most important first."""
    inside = function.span
    found = [
        finding
        for finding in view.report.diagnostics()
        if finding.span.file == inside.file
        and inside.contains(finding.span.line, finding.span.column)
        and view.span(finding.span) is not None
    ]
    return sorted(found, key=lambda finding: (finding.severity.order, finding.span))


def _function_at(view: ReportView, path: str, line: int) -> Function | None:
    names = view.names(path)
    return next(
        (
            function
            for function in view.report.functions
            if function.name_span.line == line and function.span.file in names
        ),
        None,
    )


async def _offer(session: Session, view: ReportView, found: Sequence[Finding]) -> None:
    titles = {_title(view, finding): finding for finding in found}
    if not titles:
        return
    if session.editor.client.asks and session.editor.client.shows_documents:
        question = current_catalogue().text("which allocation")
        chosen = await session.editor.choose(question, tuple(titles))
        if chosen in titles:
            await _go_to(session, view, titles[chosen])
    else:
        session.editor.information("\n".join(titles))


def _title(view: ReportView, finding: Finding) -> str:
    span = view.span(finding.span) or finding.span
    return current_catalogue().text("on line", line=span.line, message=explain.message(finding))


async def _go_to(session: Session, view: ReportView, finding: Finding) -> bool:
    span = view.span(finding.span)
    if span is None:
        return False
    selection = session.translator().range(span)
    return await session.editor.show(session.buffers.uri(span.file), selection)


def _file(session: Session, arguments: Sequence[object]) -> str:
    """The path that the first argument names (URI or path); the latest file without one."""
    match arguments:
        case [str(name), *_]:
            return path_of(name) or (name if Path(name).is_absolute() else "")
        case [{"uri": str(uri)}, *_]:
            return path_of(uri) or ""
        case _:
            return session.latest


async def show_report(session: Session, _: Sequence[object]) -> str | None:
    """A page about everything that was analysed: its HTML, or shown where the client asks so."""
    # imported here: the server answers sooner without what makes pages
    from goescape.lsp.features.report_page import show  # noqa: PLC0415

    return await show(session)


COMMANDS: dict[str, Callable[[Session, Sequence[object]], Awaitable[object]]] = {
    "goescape.analyzePackage": analyze_package,
    "goescape.analyzeWorkspace": analyze_workspace,
    "goescape.pauseWorkspaceAnalysis": pause_workspace,
    "goescape.restart": restart,
    "goescape.showOutput": show_output,
    "goescape.showReport": show_report,
    SHOW_ALLOCATIONS: show_allocations,
    SHOW_FLOW: show_flow,
    APPLY_FIX: apply_fix,
    APPLY_AND_TEST: apply_and_test,
}
