"""What is new, and what has only moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from attrs import evolve

from goescape.analysis.reports.baselines import BaselineSite, new_findings

if TYPE_CHECKING:
    from goescape.analysis.model import Finding

NEW = BaselineSite("m/a", "a/a.go", "New", "returned", "u", "u := User{}")
BOX = BaselineSite("m/a", "a/a.go", "Box", "interface-conversion", "n", "fmt.Println(n)")


def new(now: list[BaselineSite], before: list[BaselineSite]) -> list[BaselineSite]:
    """The sites that are new."""
    found = [(cast("Finding", None), site) for site in now]
    return [now[number] for number in sorted(new_findings(found, before))]


def test_what_was_there_is_not_new_whatever_its_order() -> None:
    assert new([NEW, BOX], [BOX, NEW]) == []
    assert new([NEW], [BOX, NEW]) == []
    assert new([], [NEW]) == []
    assert new([NEW, BOX], []) == [NEW, BOX]


def test_a_renamed_file_function_or_an_edited_line_is_not_new() -> None:
    assert new([evolve(NEW, file="b.go")], [NEW]) == []
    assert new([evolve(NEW, function="Make")], [NEW]) == []
    assert new([evolve(NEW, line="u := User{Name: n}")], [NEW]) == []


def test_a_value_that_was_edited_together_with_its_line_is_not_new() -> None:
    old = BaselineSite(
        "m", "a.go", "Add", "returned", "Format(x, 'f')", "return tag(Format(x, 'f'))"
    )
    now = evolve(old, subject="Format(x, 'g')", line="return tag(Format(x, 'g'))")
    assert new([now], [old]) == []
    assert new([evolve(now, line="return other(y)")], [old]) != []
    assert new([evolve(now, subject="append")], [old]) != []


def test_the_same_once_more_is_new_and_the_one_that_is_least_like_it_is_told() -> None:
    other = evolve(BOX, line="fmt.Println(n + 1, n)")
    assert new([other, BOX], [BOX]) == [other]
    assert new([BOX, BOX], [BOX]) == [BOX]


def test_another_cause_subject_or_package_is_new() -> None:
    for other in (
        evolve(NEW, code="stored-in-heap"),
        evolve(NEW, subject="v"),
        evolve(NEW, package="m/b"),
        evolve(NEW, function="Make", line="u := Make()"),
    ):
        assert new([other], [NEW]) == [other]
