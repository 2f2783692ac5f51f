"""The machine code as it is read from archives."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from goescape.analysis.evidence.machine_code import AllocationCondition as Condition
from goescape.analysis.evidence.machine_code import AllocationKind as Kind
from goescape.analysis.evidence.machine_code import CompiledPackage, InlinedFrame, machine_code
from tests.conftest import GO_VERSIONS, WriteTree
from tests.toolchain.archive_reader import ArchiveReader, build_reader, run

Calls = Counter[tuple[str, str, int, str]]
"""Function, base name of the file, line, callee."""


@pytest.fixture(scope="module")
def reader(go_path: str, tmp_path_factory: pytest.TempPathFactory) -> ArchiveReader:
    return build_reader(go_path, tmp_path_factory.mktemp("reader"))


@pytest.mark.parametrize("version", GO_VERSIONS)
def test_it_reads_what_objdump_prints(
    version: str,
    go_toolchains: dict[str, str],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    thorough = request.config.getoption("--thorough")
    packages = ["strconv", "encoding/json", "text/template", "go/types"]
    reader = build_reader(go_toolchains[version], tmp_path)
    for processor in ("amd64", "arm64"):
        environment = {**os.environ, "GOARCH": processor, "GOOS": "linux"}
        archives = reader.archives(*packages[: 4 if thorough else 1], environment=environment)
        for archive in archives.values():
            assert _calls(reader.read(archive)) == _printed_calls(reader.go, archive)


def _calls(package: CompiledPackage) -> Calls:
    texts = package.strings
    return Counter(
        (texts[function.name], _base_name(texts[file]), line, texts[callee])
        for function in package.functions
        for callee, file, line, *_ in function.calls
    )


def _printed_calls(go: str, archive: str) -> Calls:
    calls: Calls = Counter()
    function = ""
    for line in run([go, "tool", "objdump", archive]).decode().splitlines():
        if line.startswith("TEXT "):
            function = line.removeprefix("TEXT ").partition("(SB)")[0]
        elif (call := re.search(r"\[\d+:\d+\]R_CALL\w*(?::([^\t]+))?", line)) is not None:
            # runtime.duffzero<1>+73: a version of the calling convention, a place in the function
            callee = re.sub(r"(<\d+>)?(\+\d+)?$", "", call[1] or "").strip()
            file, _, number = line.split()[0].rpartition(":")
            calls[function, _base_name(file), int(number), callee] += 1
    return calls


def _base_name(path: str) -> str:
    return re.split(r"[/\\]", path.removeprefix("gofile.."))[-1]


SOURCE = """
-- go.mod --
module example.com/m

go 1.21
-- a.go --
package m

import "strings"

type T struct{ a, b, c int }

var (
	kept  any
	items []string
	texts map[string]int
)

func object() *T { return &T{} }

func inner(n int) []int { return make([]int, n) }

func outer(n int) { kept = inner(n) }

func box(n int) { kept = n }

func join(a, b string) { items = append(items, a+b) }

func short(a, b string) bool { return strings.Contains(a+b, "x") }

func assign(key string) { texts[key]++ }

func start(c chan int) { go strings.ToUpper("a"); kept = make(chan *T); texts = map[string]int{} }

func indirect(f func(), s interface{ M() }) { f(); s.M() }
"""


def test_allocations_are_told_with_place_type_and_condition(
    write_tree: WriteTree, reader: ArchiveReader
) -> None:
    folder = write_tree(SOURCE)
    (archive,) = reader.archives("example.com/m", folder=str(folder)).values()
    code = machine_code(reader.read(archive), {})
    file = str(folder / "a.go")
    functions = {
        function.symbol.removeprefix("example.com/m."): function for function in code.functions
    }
    told = {
        name: [(call.kind, call.condition, call.line, call.type) for call in function.allocations]
        for name, function in functions.items()
    }
    assert told["object"] == [(Kind.OBJECT, Condition.ALWAYS, 13, "example.com/m.T")]
    assert told["box"] == [(Kind.BOX, Condition.NOT_SMALL, 19, None)]
    assert sorted(told["join"]) == [
        (Kind.CONCATENATION, Condition.NOT_ZERO, 21, None),
        (Kind.GROWTH, Condition.WHEN_FULL, 21, "string"),
    ]
    assert told["short"] == [(Kind.CONCATENATION, Condition.OVER_BUFFER, 23, None)]
    assert [row[:2] for row in told["assign"]] == [(Kind.MAP_GROWTH, Condition.WHEN_FULL)]
    assert {row[0] for row in told["start"]} == {Kind.GOROUTINE, Kind.CHANNEL, Kind.MAP}
    assert functions["indirect"].indirect_calls == 2
    made = functions["outer"].allocations[0]
    assert (made.kind, made.file, made.line, made.type) == (Kind.SLICE, file, 15, "int")
    assert made.inlined == (InlinedFrame("example.com/m.inner", file, 17),)
    assert code.allocations[file, 15] == (*functions["inner"].allocations, made)


def test_what_has_another_format_says_nothing(reader: ArchiveReader, tmp_path: Path) -> None:
    (archive,) = reader.archives("unicode/utf8").values()
    content = Path(archive).read_bytes()
    magic = content.index(b"\0go120ld")
    changed = {
        "nothing": b"",
        "text": b"package p\n",
        "cut off": content[: len(content) // 2],
        "newer": content.replace(b"\0go120ld", b"\0go199ld"),
        "other numbers": content[: magic + 20] + b"\xff" * 80 + content[magic + 100 :],
        "other Go": re.sub(rb"(go object \S+ \S+ go1)\.\d\d", rb"\1.99", content),
    }
    for name, other in changed.items():
        path = tmp_path / name
        path.write_bytes(other)
        with pytest.raises(AssertionError, match=r"format|which is not that of"):
            reader.read(str(path))


def test_an_answer_that_does_not_fit_itself_is_an_error() -> None:
    answer: dict[str, object] = {"go": "go1", "arch": "amd64", "strings": [""], "inlined": []}
    answer["functions"] = []
    package = msgspec.convert(answer, CompiledPackage)
    assert machine_code(package, {}).functions == ()
    answer["functions"] = [{"name": 7, "file": 0, "line": 1, "calls": []}]
    with pytest.raises(ValueError, match="does not fit itself"):
        machine_code(msgspec.convert(answer, CompiledPackage), {})
