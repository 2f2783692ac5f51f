"""The commands behind ``goescape``, each from its arguments to its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from goescape.analysis.messages.languages import (
    catalogue_for,
    language_of_environment,
)
from goescape.analysis.model import Severity
from goescape.settings import Settings
from goescape.terminal import baseline_file
from goescape.terminal.commands import (
    bench,
    compare,
    doctor,
    explain_position,
    merge,
    report,
    setup,
)
from goescape.terminal.commands.check import CheckOptions, CheckOutcome, check
from goescape.terminal.commands.fix import FixRun
from goescape.terminal.commands.fix_outcome import FixOptions
from goescape.terminal.editors import recipes
from goescape.terminal.output import compare_output, fix_output, json_output, text_output
from goescape.terminal.output.progress import ProgressLine
from goescape.terminal.output.style import Style, printable, style_for
from goescape.terminal.targets import UsageError
from goescape.toolchain.engine import EngineOptions
from goescape.toolchain.measure.benchmarks import BenchmarkOptions
from goescape.toolchain.problems import GoProblem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Coroutine, Mapping

    from goescape.analysis.messages.catalogue import Catalogue

_T = TypeVar("_T")
_TERMINATED = 143


def run(arguments: argparse.Namespace) -> int:
    """Run the command that was named; a problem that the user can mend becomes a sentence."""
    try:
        return _COMMANDS[arguments.command](arguments)
    except asyncio.CancelledError:
        return _TERMINATED
    except (UsageError, GoProblem) as problem:
        _print_message(str(problem))
        return 2


def _print_message(sentence: str) -> None:
    print(f"goescape: {sentence}", file=sys.stderr)


def _here() -> Path:
    try:
        return Path.cwd()
    except OSError:
        raise UsageError("This folder does not exist any more; change to another.") from None


def _check(arguments: argparse.Namespace) -> int:
    here = _here()
    only_new = arguments.fail_on == "new"
    if only_new and not (arguments.since or arguments.baseline):
        raise UsageError("--fail-on new needs --since REV or --baseline FILE to compare with.")
    if arguments.shard != (1, 1) and arguments.profile:
        raise UsageError("--profile needs all packages at once: leave out --shard.")
    question = CheckOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        minimum=Severity(arguments.min_severity),
        everything=arguments.all,
        profiles=tuple(arguments.profile),
        baseline=arguments.baseline,
        since=arguments.since,
        log=arguments.from_log,
        fail_on=Severity.HINT if only_new else Severity(arguments.fail_on),
        shard=arguments.shard,
    )
    style = _style(arguments)
    outcome = _run(check(question, _options(arguments), _progress(arguments, style)))
    if arguments.format == "json":
        sys.stdout.writelines(json_output.render(outcome))
    elif arguments.format != "text":
        writer = importlib.import_module(f"goescape.terminal.output.formats.{arguments.format}")
        sys.stdout.writelines(writer.render(outcome, here))
    else:
        sys.stdout.writelines(f"{line}\n" for line in text_output.render(outcome, style, here))
        sys.stdout.flush()
        if outcome.notice:
            _print_message(outcome.notice)
        if outcome.unknown_lines and not arguments.from_log:
            _print_message(_sentence_of_unknown_lines(outcome))
        _show_failures(outcome, style, here)
    return outcome.exit_code


def _sentence_of_unknown_lines(outcome: CheckOutcome) -> str:
    lines = text_output.count(outcome.unknown_line_count, "line")
    return (
        f"{lines} of the compiler could not be understood; please report the first, with what "
        f"`goescape doctor` says: {printable(outcome.unknown_lines[0])}"
    )


def _baseline(arguments: argparse.Namespace) -> int:
    here, style = _here(), _style(arguments)
    packages = tuple(arguments.packages) or ("./...",)
    question = CheckOptions(folder=arguments.folder, packages=packages)
    outcome = _run(check(question, _options(arguments), _progress(arguments, style)))
    if outcome.failures:
        _show_failures(outcome, style, here)
        return outcome.exit_code
    sites = baseline_file.sites(outcome.findings, outcome.sources, outcome.folder)
    text = baseline_file.render(site for _, site in sites)
    if not arguments.output:
        sys.stdout.write(text)
        return 0
    try:
        Path(arguments.output).write_text(text, "utf-8", newline="\n")
    except OSError as problem:
        raise UsageError(f"{arguments.output} cannot be written ({problem.strerror}).") from None
    return 0


def _merge(arguments: argparse.Namespace) -> int:
    whole = merge.merge(arguments.files)
    sys.stdout.writelines(whole.render())
    return whole.exit_code(Severity(arguments.fail_on))


def _report(arguments: argparse.Namespace) -> int:
    here, style = _here(), _style(arguments)
    question = CheckOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        profiles=tuple(arguments.profile),
    )
    wanted = report.ReportOptions(arguments.output, question, style.catalogue, arguments.baseline)
    outcome = _run(report.report(wanted, _options(arguments), _progress(arguments, style)))
    _show_failures(outcome, style, here)
    if outcome.packages:
        total = text_output.count(len(outcome.findings), "allocation site")
        print(f"{arguments.output}: {total} in {text_output.count(outcome.packages, 'package')}")
    return 2 if outcome.failures else 0


def _progress(arguments: argparse.Namespace, style: Style) -> ProgressLine:
    quiet = arguments.no_progress or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    return ProgressLine(sys.stderr, enabled=not quiet, width=style.width)


def _show_failures(outcome: CheckOutcome, style: Style, here: Path) -> None:
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)


def _explain(arguments: argparse.Namespace) -> int:
    lines = _run(
        explain_position.explain_position(
            arguments.position, _options(arguments), _style(arguments), _here()
        )
    )
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


def _fix(arguments: argparse.Namespace) -> int:
    here = _here()
    request = FixOptions(
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        only=frozenset(arguments.only),
        diff=arguments.diff,
        yes=arguments.yes,
        test=arguments.test,
    )
    style = _style(arguments)
    quiet = not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    progress = ProgressLine(sys.stderr, enabled=not quiet, width=style.width)
    screen = fix_output.FixScreen(request, style, here)
    options = EngineOptions.of(Settings(go_path=arguments.go))
    outcome = FixRun(request, options, _run).work(progress, screen)
    sys.stdout.writelines(f"{line}\n" for line in fix_output.render_summary(outcome, style))
    sys.stdout.flush()
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)
    return outcome.exit_code


def _bench(arguments: argparse.Namespace) -> int:
    here, style = _here(), _style(arguments)
    how = BenchmarkOptions(
        seconds=arguments.time_limit,
        benchtime=arguments.benchtime,
        memprofilerate=arguments.memprofilerate,
    )
    asked = bench.BenchOptions.of(arguments.folder, arguments.names, how)
    quiet = arguments.no_progress or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb"
    progress = ProgressLine(sys.stderr, enabled=not quiet, width=style.width)
    options = EngineOptions.of(Settings(go_path=arguments.go))
    outcome = _run(bench.bench(asked, options, progress))
    sys.stdout.writelines(f"{line}\n" for line in bench.render(outcome, style, here))
    sys.stdout.flush()
    for sentence in bench.render_problems(outcome, style, here):
        _print_message(sentence)
    for line in text_output.render_failures(outcome.failures, style, here):
        print(line, file=sys.stderr)
    return outcome.exit_code


def _compare(arguments: argparse.Namespace) -> int:
    here, style = _here(), _style(arguments)
    asked = compare.CompareOptions(
        revision=arguments.revision,
        folder=arguments.folder,
        packages=tuple(arguments.packages) or ("./...",),
        bench=arguments.bench,
        count=arguments.count,
        benchtime=arguments.benchtime,
        seconds=arguments.time_limit,
    )
    progress = _progress(arguments, style)
    comparison = _run(compare.compare(asked, _options(arguments), progress))
    if arguments.format == "json":
        sys.stdout.write(compare_output.render_json(comparison))
        return comparison.exit_code
    sys.stdout.writelines(f"{line}\n" for line in compare_output.render(comparison, style, here))
    sys.stdout.flush()
    for line in text_output.render_failures(comparison.failures, style, here):
        print(line, file=sys.stderr)
    for package, paths in comparison.written.items():
        _print_message(bench.written_sentence(package, paths, style.catalogue, here))
    return comparison.exit_code


def _doctor(arguments: argparse.Namespace) -> int:
    diagnosis = _run(doctor.examine(arguments.folder, _options(arguments)))
    sys.stdout.writelines(f"{line}\n" for line in doctor.render(diagnosis, _style(arguments)))
    return 1 if diagnosis.problems else 0


def _setup(arguments: argparse.Namespace) -> int:
    places, command = setup.user_places(), setup.server_command(sys.argv[0])
    if arguments.check:
        sys.stdout.writelines(f"{line}\n" for line in setup.editor_status(places, command))
        return 0
    if not arguments.editor:
        raise UsageError(f"Name an editor: {', '.join(recipes.BY_NAME)}.")
    wanted = setup.recipes_for(arguments.editor)
    if arguments.write and len(wanted) > 1:
        names = " or ".join(recipe.name for recipe in wanted)
        raise UsageError(f"{arguments.editor} can be more than one: write {names}.")
    for recipe in wanted:
        lines = (
            setup.write_and_report(recipe, places, command, _style(arguments))
            if arguments.write
            else setup.snippet_lines(recipe, places, command)
        )
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
        if notice := setup.missing_multiplexer(recipe):
            _print_message(notice)
    return 0


def _options(arguments: argparse.Namespace) -> EngineOptions:
    return EngineOptions.of(Settings(go_path=arguments.go, include_tests=arguments.tests))


def _catalogue() -> Catalogue:
    """In the language of the system."""
    return catalogue_for("auto", language_of_environment(os.environ.items()))


def _style(arguments: argparse.Namespace) -> Style:
    return style_for(arguments.color, sys.stdout, os.environ, _catalogue())


def _run(work: Coroutine[Any, Any, _T]) -> _T:
    """Run to the end; Ctrl-C and a polite kill end the compiler too before this returns."""

    # Not the task's own result: asyncio writes that out, for an error that nobody sees, when it
    # gives Ctrl-C back. Of a large project it was 400 MB.
    results: list[_T] = []

    async def guarded() -> None:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP"):
            with contextlib.suppress(AttributeError, NotImplementedError):  # Windows
                loop.add_signal_handler(getattr(signal, name), task.cancel)
        results.append(await work)

    asyncio.run(guarded())
    return results[0]


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "baseline": _baseline,
    "merge": _merge,
    "report": _report,
    "explain": _explain,
    "fix": _fix,
    "bench": _bench,
    "compare": _compare,
    "doctor": _doctor,
    "setup": _setup,
}
