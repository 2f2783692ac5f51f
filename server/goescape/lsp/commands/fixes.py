"""Commands that apply fixes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from goescape.lsp.convert import Translator
from goescape.lsp.features.code_action import CodeAction
from goescape.lsp.features.code_actions import named_proof
from goescape.lsp.features.fix_changes import file_changes
from goescape.lsp.user_work import TESTING
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.lsp.session import Session
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.proofs.prover import Proof


async def apply_fix(session: Session, arguments: Sequence[object]) -> None:
    """Apply a fix that was offered: for editors whose code actions are commands."""
    match arguments:
        case [Mapping() as data, *_]:
            await _apply(session, _named(session, data))


async def apply_and_test(session: Session, arguments: Sequence[object]) -> None:
    """Run the package's tests with a fix, and apply it if they pass."""
    match arguments:
        case [Mapping() as data, *_]:
            proof = _named(session, data)
        case _:
            return
    background = session.background
    if proof is None or background is None:  # proofs end with who makes them
        await _apply(session, None)
        return
    try:
        failure = await _failing_tests(session, background.engine, proof)
    except asyncio.CancelledError:
        return  # the user did not want to wait: nothing is applied
    except GoProblem as problem:
        failure = problem.message
    if failure is not None:
        session.editor.warning(session.state.catalogue.tell.fix_fails.format(why=failure))
        return
    await _apply(session, proof)


def _named(session: Session, data: Mapping[str, object]) -> Proof | None:
    """The proof behind an action's data, if it holds for the text that is shown."""
    if not isinstance(path := data.get("file"), str):
        return None
    return named_proof(session.state.document(path), data)


async def _failing_tests(session: Session, engine: Engine, proof: Proof) -> str | None:
    """What the packages' own tests say of a fix; None when they pass. Can be cancelled."""
    catalogue = session.state.catalogue
    fix = proof.candidate.headline(catalogue)
    title = catalogue.editor.work_testing.format(fix=fix)
    return await session.user_work.run(TESTING, title, engine.failing_tests(proof.contents))


async def _apply(session: Session, proof: Proof | None) -> None:
    snapshot = session.state.workspace()
    changes = file_changes(proof, snapshot) if proof is not None else None
    if proof is None or changes is None:
        session.editor.warning(session.state.catalogue.tell.fix_is_old)
        return
    headline = proof.candidate.headline(snapshot.catalogue)
    action = CodeAction(headline, "", proof=proof, changes=changes)
    edit = Translator.of(snapshot).workspace_edit(action, snapshot.client)
    if not await session.editor.apply(headline, edit):
        session.editor.warning(session.state.catalogue.tell.fix_refused)
