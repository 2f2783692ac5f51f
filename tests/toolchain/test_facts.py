"""The program that asks Go's own libraries: what it answers, and whatever may go wrong with it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from goescape.analysis.evidence.machine_code import CompiledPackage
from goescape.analysis.evidence.types import UNKNOWN_SIZE, TypesAnswer
from goescape.analysis.syntax.go_file import GoFile
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.context.package_types import ExpressionsAnswer, PackageTypes
from goescape.toolchain.engine import Engine, EngineOptions
from goescape.toolchain.facts import client as client_module
from goescape.toolchain.facts import program_build
from goescape.toolchain.facts.client import FactsClient, Unanswerable
from goescape.toolchain.facts.requests import (
    ArchiveRequest,
    ExpressionsRequest,
    NamedType,
    Position,
    SourceFile,
    TypesRequest,
)
from goescape.toolchain.go.process import capture
from goescape.toolchain.go.process_command import Command
from tests.toolchain.conftest import until

if TYPE_CHECKING:
    from collections.abc import Mapping

    from goescape.analysis.evidence.types import ValueFacts
    from goescape.fixes.context.package_types import UsableType
    from tests.toolchain.conftest import FakeGo

posix = pytest.mark.skipif(sys.platform == "win32", reason="scripts and groups of processes")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
TESTED = ("1.21", "1.24", "1.27")

SOURCE = """\
package p

import (
	"bytes"
	"context"
	"time"
)

type empty struct{}

type pair struct {
	a *int
	n int64
}

const limit = 1000

var sink any

func Box[T any](value T) { sink = value }

func box[T any](value T) { sink = value }

func f(n int, d time.Duration, s string, b *bytes.Buffer, p pair) {
	sink = «n + 1»
	sink = «d»
	sink = «limit»
	sink = «empty{}»
	sink = «p»
	sink = «context.Background()»
	sink = «b.String()»
	sink = «[]byte("")»
	sink = «make([]int, 10, n)»
	sink = «func() { n++ }»
	sink = «map[string]empty{}»
	sink = «missing»
	box(n)
	box(true)
	Box(n)
	_ = s
}
"""


def asked(marked: str) -> tuple[str, tuple[Position, ...]]:
    """The text, and the places of what is marked in it."""
    positions, text = [], ""
    for number, line in enumerate(marked.splitlines(), 1):
        plain, _, rest = line.partition("«")
        while rest:
            inside, _, rest = rest.partition("»")
            start = len(plain.encode()) + 1
            plain += inside
            positions.append((0, number, start, number, len(plain.encode()) + 1))
            after, _, rest = rest.partition("«")
            plain += after
        text += f"{plain}\n"
    return text, tuple(positions)


async def request_for(
    engine: Engine, root: Path, marked: str, imports: tuple[str, ...] = (), **more: object
) -> TypesRequest:
    """About one file, with the export files of what it imports."""
    text, questions = asked(marked)
    exports: Mapping[str, str] = {}
    if imports:
        (root / "go.mod").write_text("module example.com/p\n\ngo 1.21\n")
        exports = await engine.planner.export_files(str(root), imports)
    toolchain = await engine.commands.toolchain()
    goos, _, arch = toolchain.target.partition("/")
    values = {
        "path": "example.com/p",
        "language": "go1.21",
        "arch": arch,
        "os": goos,
        "tags": (),
        "goroot": toolchain.go.goroot,
        "world": str(root),
        "files": (SourceFile(str(root / "p.go"), text),),
        "imports": {},
        "exports": exports,
        "questions": questions,
        **more,
    }
    return TypesRequest(**values)  # type: ignore[arg-type]


def told(value: ValueFacts | None) -> tuple[object, ...]:
    if value is None or value.type is None:
        return ()
    return value.expression, value.type.text, value.type.size, value.constant


USED = """\
package p

import (
	"sync"
	"time"

	sha "crypto/sha256"
)

type level int

func (l level) String() string { return "level" }

type entry struct {
	sum  [sha.Size]byte
	at   time.Time
	next []*int
}

type list struct{ next *list }

type guarded struct {
	entry
	mu sync.Mutex
}

type pair[K comparable] struct{ key K }

func f(l level, e entry, d time.Duration) (string, error) {
	type local struct{ n int }
	_ = local{len(e.next)}
	for key, value := range map[string]pair[level]{} {
		_, _ = key, value
	}
	return l.String() + d.String(), nil
}
"""


@pytest.mark.parametrize("version", TESTED)
async def test_it_tells_the_types_of_all_expressions(
    version: str, go_toolchains: dict[str, str], tmp_path: Path
) -> None:
    newest = next(name for name in go_toolchains if name.startswith(f"{version}."))
    engine = Engine(EngineOptions(go_path=go_toolchains[newest]))
    package = await request_for(engine, tmp_path, USED, ("crypto/sha256", "sync", "time"))
    path = package.files[0].path
    answer = await engine.facts.expressions(ExpressionsRequest(package, (0,)))
    assert isinstance(answer, ExpressionsAnswer)
    file = GoFile(SourceText(path, USED.encode()))
    types = PackageTypes.of_answer((path,), answer)

    def at(words: str) -> UsableType | None:
        start = USED.index(words)
        return types.at(path, start, start + len(words))

    def declared(name: str) -> UsableType:
        its_type = types.declared(file, name)
        assert its_type is not None
        return its_type

    level, entry = declared("level"), declared("entry")
    assert (level.kind, level.size, level.is_stringer, level.is_error) == ("int", 8, True, False)
    assert (entry.size, entry.lock, entry.linked, entry.structs) == (80, "", "", ("time.Time",))
    assert declared("list").linked == "list"
    assert declared("guarded").lock == "sync.Mutex"
    assert declared("guarded").methods == (), "its mutex has a name"
    assert declared("pair").size == UNKNOWN_SIZE
    assert at("len(e.next)") == at("int") is not None
    assert at("e.next") is not None
    assert at("l.String() + d.String()") == at("string")
    assert at("local{len(e.next)}").is_plain is False  # type: ignore[union-attr]
    assert at("d.String") is None, "functions are left out"
    duration, ranged = at("time.Duration"), at("map[string]pair[level]{}")
    assert duration is not None
    assert (duration.text, types.written(file, duration)) == ("time.Duration", "time.Duration")
    assert ranged is not None
    value = types.element(ranged)
    assert value is not None
    assert (value.text, value.kind, value.size) == ("pair[level]", "struct", 8)
    assert types.import_path(file, "sha") == "crypto/sha256"
    await engine.facts.close()


NAMED = """\
package p

import "io"

type point struct{ x int }

type grid[T any] struct{ cells []T }

func (g *grid[T]) origin() *point { return &point{} }

func (g *grid[T]) Len() int { return len(g.cells) }

type framed struct{ grid[int] }

type placed interface{ origin() *point }

type other struct{}

func (other) next() *point { return nil }

func (other) WriteTo(w io.Writer) (int64, error) { return 0, nil }

func (other) Error(detail int) string { return "" }

func next(n int) *point { return nil }

type holder struct{ next func() *point }

func use(h holder, o other, f framed) {
	next := next(1)
	_ = h.next().x + o.next().x + (o.next)().x + f.origin().x + next.x
	h.next = o.next
	_ = other.next(o)
}
"""


@pytest.mark.parametrize("version", TESTED)
async def test_it_tells_who_names_a_function(
    version: str, go_toolchains: dict[str, str], tmp_path: Path
) -> None:
    newest = next(name for name in go_toolchains if name.startswith(f"{version}."))
    engine = Engine(EngineOptions(go_path=go_toolchains[newest]))
    package = await request_for(engine, tmp_path, NAMED, ("io",))
    path = package.files[0].path
    answer = await engine.facts.expressions(ExpressionsRequest(package, (0,)))
    assert isinstance(answer, ExpressionsAnswer)
    assert not answer.is_partial
    types = PackageTypes.of_answer((path,), answer)
    file = GoFile(SourceText(path, NAMED.encode()))
    named: dict[str, list[tuple[int, str, str]]] = {}
    interfaces, own = {}, set()
    for declared in file.functions:
        known = types.function(file, declared.name_node)
        assert known is not None
        interfaces[declared.name] = known.interfaces
        own |= {declared.name} if known.gives_own else set()
        named[declared.name] = []
        for use in types.uses(known):
            line = NAMED[: use.start].count("\n") + 1
            before = NAMED[: use.start].rpartition("\n")[2].split()[-1]
            named[declared.name].append((line, before, use.kind.name))
    assert named == {
        "(*grid).origin": [(31, "f.", "CALL")],
        "(*grid).Len": [],
        "other.next": [
            (31, "o.", "CALL"),
            (31, "(o.", "CALL"),
            (32, "o.", "VALUE"),
            (33, "other.", "METHOD_EXPRESSION"),
        ],
        "other.WriteTo": [],
        "other.Error": [],
        "next": [(30, ":=", "CALL")],
        "use": [],
    }, "a field, a method, a variable and a function have one name"
    assert {name: its for name, its in interfaces.items() if its} == {
        "(*grid).origin": ("placed",),
        "other.WriteTo": ("io.WriterTo",),
    }, "Error has another type than that of error"
    assert own == {"(*grid).origin", "other.next", "next"}
    function = types.function(file, file.functions[2].name_node)
    assert function is not None
    places = [NAMED.index("o.next()") + 2, NAMED.index("h.next()") + 2]
    nodes = [file.node_at(place) for place in places]
    assert [node is not None and types.is_use(file, node, function) for node in nodes] == [
        True,
        False,
    ]
    await engine.facts.close()


async def test_nothing_is_known_of_a_broken_package(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    broken = "package p\n\nfunc f() int { return missing }\n"
    package = await request_for(engine, tmp_path, broken)
    answer = await engine.facts.expressions(ExpressionsRequest(package, (0, 7)))
    assert isinstance(answer, ExpressionsAnswer)
    assert answer.is_partial
    path = package.files[0].path
    assert not PackageTypes.of_answer((path,), answer).knows(
        GoFile(SourceText(path, broken.encode()))
    )
    await engine.facts.close()


@pytest.mark.parametrize("version", TESTED)
async def test_it_knows_types(version: str, go_toolchains: dict[str, str], tmp_path: Path) -> None:
    newest = next(name for name in go_toolchains if name.startswith(f"{version}."))
    engine = Engine(EngineOptions(go_path=go_toolchains[newest]))
    request = await request_for(engine, tmp_path, SOURCE, ("bytes", "context", "time"))
    answer = await engine.facts.types(request)
    assert isinstance(answer, TypesAnswer), engine.facts.problem
    assert answer.is_partial  # one name is missing
    values = answer.values
    assert [told(value) for value in values] == [
        ("operation", "int", 8, None),
        ("identifier", "time.Duration", 8, None),
        ("identifier", "int", 8, "1000"),
        ("composite", "empty", 0, None),
        ("identifier", "pair", 16, None),
        ("call", "context.Context", 16, None),
        ("call", "string", 16, None),
        ("conversion", "[]byte", 24, None),
        ("builtin", "[]int", 24, None),
        ("function", "func()", 8, None),
        ("composite", "map[string]empty", 8, None),
        (),
    ]
    whole = [value for value in values if value is not None]
    duration, pair, call, method = whole[1], whole[4], whole[5], whole[6]
    assert duration.type is not None
    assert (duration.type.kind, duration.type.has_pointers) == ("int64", False)
    assert pair.type is not None
    assert (pair.type.has_pointers, pair.type.is_pointer_shaped) == (True, False)
    assert (call.callee, method.callee) == ("context.Background", "(*bytes.Buffer).String")
    assert call.type is not None
    assert call.type.is_interface
    assert call.converted is None
    conversion, made, mapped = whole[7], whole[8], whole[10]
    assert conversion.arguments is not None
    assert conversion.arguments[0] is not None
    assert conversion.arguments[0].text_size == 0
    assert made.arguments is not None
    assert [told(argument)[2:] for argument in made.arguments] == [(24, None), (8, "10"), (8, None)]
    assert mapped.key is not None
    assert mapped.element is not None
    assert (mapped.key.size, mapped.element.size) == (16, 0)
    assert all(value.converted for value in whole if value is not call)
    await engine.facts.close()


async def test_types_that_only_inlined_code_names(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    source = 'package p\n\nimport "context"\n\nvar c any = «context.Background()»\n'
    (call,) = asked(source)[1]
    names = (
        "context.backgroundCtx",
        "context.cancelCtx",
        "context.missing",
        "nowhere.T",
        "map[int]",
    )
    named = tuple(NamedType(call, name) for name in names)
    request = await request_for(engine, tmp_path, source, ("context",), named=named)
    answer = await engine.facts.types(request)
    assert isinstance(answer, TypesAnswer)
    sizes = [None if facts is None else facts.size for facts in answer.named]
    assert sizes[0] == 0
    assert sizes[2:] == [None, None, None]
    await engine.facts.close()


async def test_what_type_parameters_stand_for(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    source = """package {name}

var sink any

func Box[T any](value T) {{ sink = «value» }}

func pair[T any](value T) {{ sink = «[2]T{{value}}»; Box(value) }}

func f() {{ Box(1); Box(true); Box(2); pair("") }}
"""
    for name, is_complete in (("p", False), ("main", False)):
        request = await request_for(engine, tmp_path, source.format(name=name))
        answer = await engine.facts.types(request)
        assert isinstance(answer, TypesAnswer)
        value, array = answer.values
        assert value is not None
        assert array is not None
        assert value.type is not None
        assert value.type.is_generic
        assert {facts.text for facts in value.instances or ()} == {"int", "bool"}
        assert value.is_complete == is_complete  # pair hands over what is not followed
        assert array.type is not None
        assert (array.type.is_generic, array.type.size) == (True, -1)
    await engine.facts.close()


async def test_conversions_to_interfaces_are_listed(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    source = """package p

type pair struct { key, value any }

func take(first int, rest ...any) any { return «first» }

func two() (int, error) { return 1, nil }

func f(c chan any, m map[any]any, b byte, x any) (result any) {
	result = «b»
	var y any = «2»
	take(1, «b», x, «"text"»)
	c <- «3.5»
	m[«b»] = «true»
	_ = pair{«b», x}
	_ = []any{«b», nil}
	if x == «b» { panic(«"no"») }
	switch x { case «4»: }
	x = append([]any{}, «5»)
	for x = range []int{} { }
	x, _ = two()
	_ = any(«6»)
	func() any { return «7» }()
	return y
}
"""
    text, positions = asked(source)
    request = await request_for(engine, tmp_path, text, conversions=(0,))
    answer = await engine.facts.types(request)
    assert isinstance(answer, TypesAnswer)
    assert not answer.is_partial
    found = {conversion.at: conversion for conversion in answer.conversions or ()}
    assert not {*positions} - found.keys()
    others = {conversion.reason for at, conversion in found.items() if at not in positions}
    assert others <= {"range", "assignment"}
    constants = {conversion.source.text for conversion in found.values() if conversion.is_constant}
    assert constants == {"int", "string", "float64", "bool"}
    await engine.facts.close()


async def test_a_changed_export_file_is_read_again(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    (tmp_path / "q").mkdir()
    sizes = []
    for fields in ("a int64", "a, b int64"):
        (tmp_path / "go.mod").write_text("module example.com/p\n\ngo 1.21\n")
        (tmp_path / "q" / "q.go").write_text(f"package q\n\ntype T struct{{ {fields} }}\n")
        source = 'package p\n\nimport "example.com/p/q"\n\nvar v any = «q.T{}»\n'
        request = await request_for(engine, tmp_path, source, ("example.com/p/q",))
        answer = await engine.facts.types(request)
        assert isinstance(answer, TypesAnswer)
        sizes += [value.type.size for value in answer.values if value and value.type]
    assert sizes == [8, 16]
    await engine.facts.close()


async def test_it_reads_archives(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    exports = await engine.planner.export_files(str(tmp_path), ["strings"])
    goroot = (await engine.go()).goroot
    package = await engine.facts.archive(ArchiveRequest(exports["strings"], goroot))
    assert isinstance(package, CompiledPackage)
    assert package.functions
    refused = await engine.facts.archive(ArchiveRequest(str(tmp_path), goroot))
    assert isinstance(refused, Unanswerable)
    assert engine.facts.problem is None
    await engine.facts.close()


HOSTILE = {
    "nested": "package p\n\nvar x = " + "(" * 200_000 + "1" + ")" * 200_000 + "\n",
    "operators": "package p\n\nvar x = 1" + " + 1" * 300_000 + "\n",
    "large": "package p\n\n//" + "x" * (20 << 20) + "\n",
    "no Go": "\x00\x01 func",
    "empty": "",
    "endless type": "package p\n\ntype T struct{ t T }\n\nvar x any = «T{}»\n",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_packages(name: str, go_path: str, tmp_path: Path) -> None:
    client = FactsClient(Engine(EngineOptions(go_path=go_path)).commands, types_seconds=30)
    engine = Engine(EngineOptions(go_path=go_path))
    started = time.monotonic()
    answer = await client.types(await request_for(engine, tmp_path, HOSTILE[name]))
    assert not isinstance(answer, TypesAnswer) or all(
        value is None or value.type is None or value.type.size < 0 for value in answer.values
    )
    fine = await client.types(await request_for(engine, tmp_path, "package p\n\nvar x any = «1»\n"))
    assert isinstance(fine, TypesAnswer)
    assert [told(value) for value in fine.values] == [("literal", "int", 8, "1")]
    assert time.monotonic() - started < 60
    await client.close()


# Bad input: nothing of it fails, the answer is None and the reason is known.

PROGRAM = """#!{python}
import sys, time
for number, line in enumerate(sys.stdin, 1):
    {body}
"""
BAD_PROGRAMS = {
    "hung": ("time.sleep(1000)", "did not answer types within"),
    "ended": ("sys.exit('broken')", "ended by itself: broken"),
    "garbage": ("print('?', flush=True)", "it says"),
    "another id": ("print('{{\"id\": 0}}', flush=True)", "it says"),
    "another format": (
        'print(\'{{"id": %d, "format": 99, "answer": {{}}}}\' % number, flush=True)',
        "format 99",
    ),
    "another answer": (
        'print(\'{{"id": %d, "format": 2, "answer": [1]}}\' % number, flush=True)',
        "not understood",
    ),
}


def fake_program(folder: Path, body: str) -> Path:
    file = folder / "program"
    file.write_text(
        PROGRAM.format(python=sys.executable, body=body.replace("{{", "{").replace("}}", "}"))
    )
    file.chmod(0o755)
    return file


@posix
@pytest.mark.parametrize("name", BAD_PROGRAMS)
async def test_a_program_that_goes_wrong(
    name: str,
    go_path: str,
    temporary_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tmp_path = temporary_folder.parent
    body, reason = BAD_PROGRAMS[name]
    file = fake_program(tmp_path, body)

    async def built(*_arguments: object) -> Path:
        return file

    monkeypatch.setattr(client_module, "built_program", built)
    engine = Engine(EngineOptions(go_path=go_path))
    client = FactsClient(engine.commands, types_seconds=1 if name == "hung" else 30)
    request = await request_for(engine, tmp_path, "package p\n")
    for _ in range(4):
        assert await client.types(request) is None
    assert client.problem is not None
    assert reason in client.problem
    messages = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert len(messages) == 2  # the first time, and that it is not asked any more
    await client.close()


@posix
async def test_where_nothing_can_be_kept(go_path: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    engine = Engine(EngineOptions(go_path=go_path))
    client = FactsClient(engine.commands, tmp_path / "file" / "programs")
    assert await client.types(await request_for(engine, tmp_path, "package p\n")) is None
    assert client.problem is not None
    assert "cannot be made" in client.problem


async def test_a_go_that_cannot_build(fake_go: FakeGo, go_path: str, tmp_path: Path) -> None:
    body = "    print('no such tool', file=sys.stderr); sys.exit(2)"
    client = FactsClient(
        Engine(EngineOptions(go_path=fake_go(body))).commands, tmp_path / "programs"
    )
    request = await request_for(Engine(EngineOptions(go_path=go_path)), tmp_path, "package p\n")
    assert await client.types(request) is None
    assert client.problem is not None
    assert list((tmp_path / "programs").glob("*")) == []


async def test_a_program_of_another_user_is_built_again(go_path: str, tmp_path: Path) -> None:
    toolchain = await Engine(EngineOptions(go_path=go_path)).commands.toolchain()
    program = await program_build.built_program(toolchain, tmp_path / "programs")
    program.chmod(0o777)
    before = program.stat().st_ino
    assert await program_build.built_program(toolchain, tmp_path / "programs") == program
    assert sys.platform == "win32" or program.stat().st_ino != before
    two = await asyncio.gather(
        *(program_build.built_program(toolchain, tmp_path / "two") for _ in "ab")
    )
    assert two[0] == two[1]
    assert [file.name for file in (tmp_path / "two").iterdir()] == [program.name]


async def test_a_killed_program_is_started_again(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    request = await request_for(engine, tmp_path, "package p\n")
    assert await engine.facts.types(request) is not None
    number = engine.facts.process
    assert number is not None
    os.kill(number, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    await until(lambda: engine.facts.process is None)
    assert await engine.facts.types(request) is not None
    assert engine.facts.process != number
    await engine.facts.close()


async def test_what_is_forgotten_in_a_pause_is_found_again(go_path: str, tmp_path: Path) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    await engine.facts.rest()
    assert engine.facts.process is None  # it is not started for that
    request = await request_for(engine, tmp_path, SOURCE)
    before = await engine.facts.types(request)
    assert await engine.facts.ask("rest", None, bool, 20) is True
    assert await engine.facts.types(request) == before
    await engine.facts.close()


async def test_it_ends_when_nobody_asks(
    go_path: str, tmp_path: Path, temporary_folder: Path
) -> None:
    engine = Engine(EngineOptions(go_path=go_path))
    client = FactsClient(engine.commands, idle_seconds=0.1)
    request = await request_for(engine, tmp_path, "package p\n")
    assert await client.types(request) is not None
    await until(lambda: client.process is None)
    assert await client.types(request) is not None
    await client.close()


ABRUPT = """
import asyncio, os, signal, sys
sys.path[:] = {path!r}
from goescape.toolchain.engine import Engine, EngineOptions
async def main():
    engine = Engine(EngineOptions(go_path={go!r}))
    assert await engine.facts.start() is None
    print(engine.facts.process, flush=True)
    {end}
asyncio.run(main())
"""


@linux
@pytest.mark.parametrize("end", ["os.kill(os.getpid(), signal.SIGKILL)", "pass", "sys.exit(1)"])
async def test_the_end_of_ours_ends_it(end: str, go_path: str, tmp_path: Path) -> None:
    code = ABRUPT.format(path=sys.path, go=go_path, end=end)
    command = Command((sys.executable, "-c", code), str(tmp_path), {**os.environ})
    answer = await capture(command, 120)
    number = int(re.findall(r"\d+", answer.output)[0])
    await until(lambda: not Path(f"/proc/{number}").exists())


IN_TWO_LOOPS = """
import asyncio, sys
from goescape.toolchain.engine import Engine, EngineOptions

engine = Engine(EngineOptions(go_path=sys.argv[1]))

async def both():
    reports = [item async for item in engine.analyze(sys.argv[2], ["./..."])]
    print(sorted((report.package, report.is_typed) for report in reports))

for _ in range(2):
    asyncio.run(both())
"""


async def test_each_event_loop_has_a_program_of_its_own(go_path: str, tmp_path: Path) -> None:
    """As in ``goescape fix``, which asks the user between two loops."""
    (tmp_path / "go.mod").write_text("module m\n\ngo 1.21\n")
    for name in "abc":
        (tmp_path / name).mkdir()
        text = f"package {name}\n\nfunc F(v int) any {{ return v }}\n"
        (tmp_path / name / "f.go").write_text(text)
    script = (sys.executable, "-c", IN_TWO_LOOPS, go_path, str(tmp_path))
    said = await capture(Command(script, str(tmp_path), os.environ), 120)
    assert said.output.splitlines() == ["[('m/a', True), ('m/b', True), ('m/c', True)]"] * 2
