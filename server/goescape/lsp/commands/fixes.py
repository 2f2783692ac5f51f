"""Commands that apply fixes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from goescape.analysis.profiles.allocation_profile import ProfileProblem
from goescape.lsp.commands.benchmarks import unsaved_texts
from goescape.lsp.convert import Translator
from goescape.lsp.features.code_action import CodeAction
from goescape.lsp.features.code_actions import named_proof
from goescape.lsp.features.fix_changes import file_changes
from goescape.lsp.user_work import MEASURING, TESTING
from goescape.toolchain.problems import GoProblem, MeasurementProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from goescape.analysis.messages.reason import Reason
    from goescape.lsp.session import Session
    from goescape.lsp.state.snapshot import DocumentSnapshot
    from goescape.toolchain.engine import Engine
    from goescape.toolchain.proofs.prover import Proof


async def apply_fix(session: Session, arguments: Sequence[object]) -> None:
    """Apply a fix that was offered: for editors whose code actions are commands."""
    match arguments:
        case [Mapping() as data, *_]:
            await _apply(session, _named(session, data))


async def apply_and_test(session: Session, arguments: Sequence[object]) -> None:
    """Run the package's tests with a fix, and apply it if they pass."""
    asked = await _asked(session, arguments)
    if asked is None:
        return
    proof, engine = asked
    try:
        failure = await _failing_tests(session, engine, proof)
    except asyncio.CancelledError:
        return  # the user did not want to wait: nothing is applied
    except GoProblem as problem:
        failure = problem.message
    if failure is not None:
        session.editor.warning(session.state.catalogue.tell.fix_fails.format(why=failure))
        return
    await _apply(session, proof)


async def apply_and_measure(session: Session, arguments: Sequence[object]) -> None:
    """Run the package's benchmarks without a fix and with it; apply it if one allocates less."""
    asked = await _asked(session, arguments)
    if asked is None:
        return
    proof, engine = asked
    catalogue = session.state.catalogue
    if session.user_work.is_running(MEASURING):
        session.editor.warning(catalogue.tell.benchmark_runs)
        return
    document = session.state.document(proof.candidate.at.file)
    title = catalogue.editor.work_measuring.format(fix=proof.candidate.headline(catalogue))
    measuring = _measured(engine, document, proof, unsaved_texts(session.state))
    try:
        objection, gain = await session.user_work.run(MEASURING, title, measuring)
    except asyncio.CancelledError:
        return  # the user did not want to wait: nothing is applied
    except (GoProblem, MeasurementProblem, ProfileProblem) as problem:
        session.editor.warning(catalogue.tell.fix_not_kept.format(why=problem))
        return
    if objection is not None:
        why = catalogue.reason(objection)
        session.editor.warning(catalogue.tell.fix_not_kept.format(why=why))
        return
    if await _apply(session, proof) and gain is not None:
        benchmark, before, after = gain
        session.editor.information(
            catalogue.tell.fix_measured.format(benchmark=benchmark, before=before, after=after)
        )


async def _measured(
    engine: Engine, document: DocumentSnapshot, proof: Proof, texts: Mapping[str, bytes]
) -> tuple[Reason | None, tuple[str, str, str] | None]:
    """Why a fix is not kept; the benchmark that gains most, with its objects before and after."""
    # imported here: the server answers sooner without what runs benchmarks
    from goescape.toolchain.measure.fix_measurement import (  # noqa: PLC0415
        FixMeasurement,
        MeasureOptions,
    )

    report = document.views[0].report
    reports = [view.report for view in document.views]
    measurement = FixMeasurement(engine, MeasureOptions(), lambda _: None, texts)
    await measurement.begin(reports, [report.package])
    objection = await measurement.objection(report, proof, (proof.candidate,))
    if objection is not None:
        return objection, None
    measurement.accept(proof)
    gains = {
        name: amounts
        for (_, name), amounts in measurement.objects_of_all().items()
        if amounts[1] < amounts[0]
    }
    if not gains:
        return None, None  # fewer bytes only
    best = max(gains, key=lambda name: gains[name][0] - gains[name][1])
    before, after = (f"{amount:,.0f}" for amount in gains[best])
    return None, (best, before, after)


async def _asked(session: Session, arguments: Sequence[object]) -> tuple[Proof, Engine] | None:
    """The proof behind a command's data, and the Go to try it with; None if it holds no more."""
    match arguments:
        case [Mapping() as data, *_]:
            proof, background = _named(session, data), session.background
        case _:
            return None
    if proof is None or background is None:  # proofs end with who makes them
        await _apply(session, None)
        return None
    return proof, background.engine


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


async def _apply(session: Session, proof: Proof | None) -> bool:
    """Whether the editor has done it; the user is told where not."""
    snapshot = session.state.workspace()
    changes = file_changes(proof, snapshot) if proof is not None else None
    if proof is None or changes is None:
        session.editor.warning(session.state.catalogue.tell.fix_is_old)
        return False
    headline = proof.candidate.headline(snapshot.catalogue)
    action = CodeAction(headline, "", proof=proof, changes=changes)
    edit = Translator.of(snapshot).workspace_edit(action, snapshot.client)
    if await session.editor.apply(headline, edit):
        return True
    session.editor.warning(session.state.catalogue.tell.fix_refused)
    return False
