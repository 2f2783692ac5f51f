"""Commands that have something analysed, and what the compiler printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.lsp.commands.arguments import path_argument
from goescape.lsp.uris import uri_of
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.lsp.background import Background
    from goescape.lsp.session import Session


async def analyze_package(session: Session, arguments: Sequence[object]) -> None:
    """Analyse the package of a file now (its URI; without: the file that the user was in)."""
    path = path_argument(session.state, arguments)
    background = await session.ready()
    if background is None or path is None:
        _ask_for_file(session, background)
        return
    background.scheduler.analyze_package_of(path)


def _ask_for_file(session: Session, background: Background | None) -> None:
    catalogue = session.state.catalogue
    session.editor.warning(catalogue.tell.open_a_file if background else catalogue.tell.not_ready)


async def analyze_workspace(session: Session, _: Sequence[object]) -> None:
    """Analyse every package of the workspace folders."""
    background = await session.ready()
    if background is None or not session.state.folders:
        catalogue = session.state.catalogue
        what = catalogue.tell.open_a_folder if background else catalogue.tell.not_ready
        session.editor.warning(what)
        return
    background.scheduler.resume()
    session.status.is_paused = False
    for folder in session.state.folders:
        background.scheduler.analyze_folder(folder)


async def pause_workspace(session: Session, _: Sequence[object]) -> bool | None:
    """Let the analysis of whole folders wait, or go on; whether it waits now."""
    background = await session.ready()
    if background is None:
        session.editor.warning(session.state.catalogue.tell.not_ready)
        return None
    scheduler = background.scheduler
    (scheduler.resume if scheduler.is_paused else scheduler.pause)()
    session.status.is_paused = scheduler.is_paused
    session.status.send()
    return scheduler.is_paused


async def restart(session: Session, _: Sequence[object]) -> None:
    """Forget everything, look for Go again, analyse what is open."""
    await session.restart()


async def show_output(session: Session, arguments: Sequence[object]) -> str | None:
    """Show the compiler's own text of a file's package; returns it where the editor cannot."""
    path = path_argument(session.state, arguments)
    background = await session.ready()
    if background is None or path is None:
        _ask_for_file(session, background)
        return None
    engine = background.engine
    try:
        home = await engine.home(path)
        text = await engine.builds.raw_text(home.root, home.pattern)
    except GoProblem as problem:
        session.editor.error(problem.message)
        return None
    text = text or f"{session.state.catalogue.editor.compiler_silent}\n"
    if not session.state.client.shows_documents:
        return text
    file = session.virtual_documents.file(home.import_path or home.pattern)
    file.write_text(text, encoding="utf-8", errors="replace")
    return None if await session.editor.show(uri_of(str(file))) else text
