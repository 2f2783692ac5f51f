"""Profiles that a real program wrote, read and joined with what the compiler says of its code."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from goescape.analysis.advice import ADVICE, Advice
from goescape.analysis.messages.amounts import percent_text, reason_text, share_text
from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.model import PackageReport, RankReason, Severity
from goescape.analysis.profiles import allocation_profile, join, reader
from goescape.analysis.profiles.allocation_profile import Frame
from goescape.analysis.profiles.joined_profile import AllocationShare
from goescape.analysis.profiles.unexplained import reason_in_source
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason
from goescape.analysis.ranking.rank import DEFAULT_POLICY, ranked_report
from goescape.analysis.syntax.source import SourceText
from goescape.toolchain.engine import Engine, EngineOptions
from tests.conftest import EXAMPLE_PROFILE as EXAMPLE
from tests.conftest import run_coroutine
from tests.toolchain.conftest import reports_and_problems

if TYPE_CHECKING:
    from goescape.analysis.profiles.allocation_profile import Profile
    from goescape.analysis.profiles.joined_profile import JoinedProfile, ProfileLine

BOXED, PLAIN = str(EXAMPLE / "boxed.go"), str(EXAMPLE / "plain.go")


@pytest.fixture(scope="module")
def profile(example_profile: Path) -> Profile:
    return reader.read(example_profile.read_bytes(), "mem.prof")


@pytest.fixture(scope="module")
def report(go_path: str) -> PackageReport:
    engine = Engine(EngineOptions(go_path=go_path))
    reports, _ = run_coroutine(reports_and_problems(engine, EXAMPLE))
    return reports["goescape.example/profile"]


@pytest.fixture(scope="module")
def joined(profile: Profile, report: PackageReport) -> JoinedProfile:
    return join.join(profile, [report])


def line(file: str, comment: str) -> int:
    """The line that ends with this comment."""
    lines = Path(file).read_text("utf-8").splitlines()
    return next(n for n, text in enumerate(lines, 1) if text.endswith(f"// profile: {comment}"))


def source_at(joined: JoinedProfile, file: str, number: int) -> ProfileLine:
    (found,) = (s for s in joined.sources if s.place and s.place[:2] == (file, number))
    return found


def elsewhere(profile: Profile, file_of: dict[str, str]) -> Profile:
    """The profile as another machine would have written it: its files have other folders."""
    return evolve(
        profile,
        allocations=tuple(
            each._replace(
                stack=tuple(f._replace(file=file_of.get(f.file, f.file)) for f in each.stack)
            )
            for each in profile.allocations
        ),
    )


def test_each_point_is_an_object_where_it_is_boxed(joined: JoinedProfile) -> None:
    boxed = source_at(joined, BOXED, line(BOXED, "hot"))
    plain = source_at(joined, PLAIN, line(PLAIN, "hot"))
    assert boxed.finding is not None
    assert boxed.finding.subject == "&Point{...}"
    assert plain.finding is not None
    assert boxed.share.objects > 10_000 * plain.share.objects
    assert share_text(boxed.share, ENGLISH).endswith("% of all allocations")
    assert " M objects, " in share_text(boxed.share, ENGLISH)


def test_many_small_objects_say_what_makes_them_hot() -> None:
    small = AllocationShare(objects=15_000, bytes=240_000, of_objects=0.12, of_bytes=0.0004)
    assert small.is_hot
    assert percent_text(small, ENGLISH) == "12 % of objects"
    assert share_text(small, ENGLISH) == "234 kB, 15 k objects, 12 % of all allocated objects"
    large = evolve(small, of_bytes=0.02)
    assert percent_text(large, ENGLISH) == "2.0 %"
    assert share_text(large, ENGLISH).endswith(", 2.0 % of all allocations")
    rare = evolve(small, of_objects=0.0004)
    assert (rare.is_hot, percent_text(rare, ENGLISH)) == (False, "less than 0.1 %")


def test_what_the_benchmark_only_inlines_counts_where_it_is_written(joined: JoinedProfile) -> None:
    assert not any(s.place and s.place.file.endswith("_test.go") for s in joined.sources)


def test_a_map_that_grows_is_listed_with_its_reason(joined: JoinedProfile) -> None:
    growth = source_at(joined, PLAIN, line(PLAIN, "map growth"))
    assert growth.finding is None
    assert growth.reason is UnexplainedReason.MAP


def test_everything_is_told(joined: JoinedProfile, profile: Profile) -> None:
    assert sum(each.share.bytes for each in joined.sources) == profile.bytes
    assert sum(each.share.objects for each in joined.sources) == profile.objects
    assert joined.explained == 1
    assert {s.reason for s in joined.sources if s.place is None} <= {
        UnexplainedReason.OTHER_PACKAGE,
        UnexplainedReason.RUNTIME,
    }


def test_hot_is_a_warning_and_what_never_ran_a_hint(
    joined: JoinedProfile, report: PackageReport
) -> None:
    ranked = {
        (f.span.file, f.span.line, f.subject): f
        for f in ranked_report(report, joined.rank_reason, DEFAULT_POLICY).findings
    }
    hot = ranked[PLAIN, line(PLAIN, "hot"), "make([]Point, 0, count)"]
    assert (hot.severity, hot.rank_reason) == (Severity.WARNING, RankReason.PROFILE_HOT)
    cold = ranked[BOXED, line(BOXED, "cold"), "text"]
    assert (cold.severity, cold.rank_reason) == (Severity.HINT, RankReason.PROFILE_COLD)


@pytest.mark.parametrize("folder", ["/build/profile", "goescape.example/profile", "C:/work"])
def test_paths_of_another_machine(
    profile: Profile, report: PackageReport, joined: JoinedProfile, folder: str
) -> None:
    """A container has other folders, and -trimpath writes the import path."""
    moved = elsewhere(profile, {file: f"{folder}/{Path(file).name}" for file in report.files})
    assert join.join(moved, [report]).shares == joined.shares


def test_moved_functions_are_found_and_said_to_be_approximate(
    profile: Profile, report: PackageReport, joined: JoinedProfile
) -> None:
    """The profile was taken when boxed.go had ten lines less at its beginning."""
    before = evolve(
        profile,
        allocations=tuple(
            each._replace(
                stack=tuple(
                    f._replace(line=f.line - 10, start=f.start - 10) if f.file == BOXED else f
                    for f in each.stack
                )
            )
            for each in profile.allocations
        ),
    )
    found = join.join(before, [report])
    share = source_at(found, BOXED, line(BOXED, "hot")).share
    assert share == evolve(source_at(joined, BOXED, line(BOXED, "hot")).share, approximate=True)
    assert share_text(share, ENGLISH).endswith("(approximate: the code has changed)")


def test_in_a_function_that_changed_inside_a_neighbour_may_fit(
    profile: Profile, report: PackageReport
) -> None:
    """Only in a file that is newer than the profile: otherwise, no finding means no finding."""
    hot = line(PLAIN, "hot")
    before = evolve(
        profile,
        allocations=tuple(
            each._replace(
                stack=tuple(
                    f._replace(line=hot - 1) if (f.file, f.line) == (PLAIN, hot) else f
                    for f in each.stack
                )
            )
            for each in profile.allocations
        ),
    )
    newer = join.join(before, [report], lambda path: path == PLAIN)
    assert source_at(newer, PLAIN, hot).share.approximate
    same = join.join(before, [report])
    assert source_at(same, PLAIN, hot - 1).reason is UnexplainedReason.UNKNOWN
    assert same.explained < 1


def test_another_program_covers_nothing(profile: Profile, report: PackageReport) -> None:
    other = evolve(
        profile,
        allocations=tuple(
            each._replace(
                stack=tuple(
                    f._replace(
                        function=f.function.replace("goescape.example", "other.example"),
                        file="/x.go",
                    )
                    for f in each.stack
                )
            )
            for each in profile.allocations
        ),
    )
    found = join.join(other, [report])
    assert not found.covered
    assert ranked_report(report, found.rank_reason, DEFAULT_POLICY) == report
    assert next(iter(allocation_profile.packages(other))) == "other.example/profile"


def test_several_profiles_are_one(
    profile: Profile, report: PackageReport, joined: JoinedProfile
) -> None:
    both = allocation_profile.merged([profile, evolve(profile, name="again.prof")])
    assert both.name == "mem.prof, again.prof"
    twice = join.join(both, [report])
    at = line(PLAIN, "hot")
    assert source_at(twice, PLAIN, at).share.bytes == 2 * source_at(joined, PLAIN, at).share.bytes
    assert source_at(twice, PLAIN, at).share.of_bytes == pytest.approx(
        source_at(joined, PLAIN, at).share.of_bytes
    )


def test_compressed_or_not(example_profile: Path, profile: Profile) -> None:
    unpacked = gzip.decompress(example_profile.read_bytes())
    assert reader.read(unpacked, "mem.prof") == profile


def test_every_bad_file_has_one_clear_sentence(
    example_profile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = example_profile.read_bytes()
    unpacked = gzip.decompress(whole)
    bad = {
        "is empty": b"",
        "is cut off in the middle": whole[: len(whole) // 2],
        "it is cut off in the middle": unpacked[: len(unpacked) // 2],
        "is damaged": whole[:20] + b"\0\0\0" + whole[23:],
        "is no profile of pprof": b"package main\n",
        "text form": b"heap profile: 1: 16 [2: 32] @ heap/1048576\n",
    }
    for words, content in bad.items():
        assert words in problem(content)
    monkeypatch.setattr(reader, "LARGEST", len(unpacked) - 1)
    assert "is larger than" in problem(whole)
    assert "is larger than" in problem(unpacked)


def problem(content: bytes) -> str:
    with pytest.raises(allocation_profile.ProfileProblem) as caught:
        reader.read(content, "x.prof")
    sentence = str(caught.value)
    assert sentence.startswith("x.prof ")
    assert sentence.endswith(".")
    return sentence


def test_a_cpu_profile_is_named_as_such(example_cpu_profile: Path) -> None:
    assert "is a CPU profile, not of allocations" in problem(example_cpu_profile.read_bytes())


def test_what_calls_another_package_knows_what_it_calls(
    profile: Profile, report: PackageReport
) -> None:
    """And so what helps: what allocates in the end is a function that nobody has heard of."""
    own = next(
        each
        for each in profile.allocations
        if (each.stack[0].file, each.stack[0].line) == (PLAIN, line(PLAIN, "map growth"))
    )
    callees = [
        Frame(name, "/go/strings.go", 7, 1) for name in ("strings.genSplit", "strings.Split")
    ]
    called = own._replace(stack=(*callees, *own.stack), inlined=1)
    joined = join.join(evolve(profile, allocations=(called,)), [report])
    (source,) = joined.sources
    assert source.called_from is not None
    assert source.called_from[:2] == (PLAIN, line(PLAIN, "map growth"))
    assert (source.function, source.callee) == ("strings.genSplit", "strings.Split")
    assert reason_text(source, ENGLISH) == (
        f"the code of another package allocates. {ADVICE[Advice.SPLIT]}"
    )


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("m[k] = v", UnexplainedReason.MAP),
        ("m[k]++", UnexplainedReason.MAP),
        ("x := map[string]int{}", UnexplainedReason.MAP),
        ("xs = append(xs, v)", UnexplainedReason.APPEND),
        ("c := make(chan int)", UnexplainedReason.CHANNEL),
        ("go work()", UnexplainedReason.GOROUTINE),
        ("defer work()", UnexplainedReason.DEFER),
        ("runtime.GC()", UnexplainedReason.RUNTIME),
        ("x := y", UnexplainedReason.UNKNOWN),
    ],
)
def test_what_allocates_without_escaping(code: str, reason: UnexplainedReason) -> None:
    text = SourceText("/x.go", f"package x\n\nfunc f() {{\n\t{code}\n}}\n".encode())
    assert reason_in_source(text, 4) is reason
    assert ENGLISH.profile.unexplained[reason]


def test_amounts_are_short() -> None:
    assert [allocation_profile.size_text(n) for n in (0, 999, 1024, 1536, 74_448_896, 5 << 30)] == [
        "0 B",
        "999 B",
        "1 kB",
        "1.5 kB",
        "71 MB",
        "5 GB",
    ]
    assert [allocation_profile.count_text(n) for n in (1, 999, 1234, 1_200_000)] == [
        "1",
        "999",
        "1.2 k",
        "1.2 M",
    ]
