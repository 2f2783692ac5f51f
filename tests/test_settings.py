"""The settings table: what clients send, right and wrong."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goescape.analysis.ranking.rank import RankPolicy
from goescape.settings import SETTINGS, Setting, Settings, markdown_table, parse
from tests.project.test_layers import MODULES, tree_of

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.text(st.characters(codec=None), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def assert_usable(settings: Settings) -> None:
    """Each value has its default's type, is one of the choices, and can reach a process."""
    for row in SETTINGS:
        value = getattr(settings, row.field)
        assert type(value) is type(getattr(Settings(), row.field))
        assert not row.choices or value in row.choices
    texts = [settings.go_path, *settings.exclude, *settings.go_build_flags]
    for text in [*texts, *settings.go_env, *settings.go_env.values()]:
        assert "\0" not in text
        text.encode()


@pytest.mark.parametrize(
    "raw", [None, {}, [], {"go": {}}, {"go": []}, {"go": {"path": None, "env": []}}]
)
def test_nothing_set_is_the_defaults(raw: object) -> None:
    assert parse(raw) == (Settings(), ())


def test_nested_dotted_and_full_keys_mean_the_same() -> None:
    expected = (Settings(go_path="/go", include_tests=False), ())
    assert parse({"go": {"path": "/go"}, "includeTests": False}) == expected
    assert parse({"go.path": "/go", "includeTests": False}) == expected
    assert parse({"goescape.go.path": "/go", "goescape.includeTests": False}) == expected


def other_value(row: Setting) -> object:
    """What is allowed and not the default."""
    if row.choices:
        return next(choice for choice in row.choices if choice != row.default)
    return {"boolean": not row.default, "string": "x", "array": ["x"], "object": {"X": "y"}}[
        row.type
    ]


def test_every_setting_is_taken_over() -> None:
    raw = {row.name: other_value(row) for row in SETTINGS}
    settings, complaints = parse(raw)
    assert not complaints
    for row in SETTINGS:
        taken = getattr(settings, row.field)
        assert taken != getattr(Settings(), row.field), row.name
        assert (list(taken) if isinstance(taken, tuple) else taken) == raw[row.name], row.name


def names_read_from_settings(file: Path) -> set[str]:
    """What is taken of a value that is called ``settings``."""
    return {
        node.attr
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Attribute)
        and getattr(node.value, "id", getattr(node.value, "attr", None)) == "settings"
    }


def test_every_setting_is_read_by_somebody() -> None:
    files = [file for file in MODULES if file.name != "settings.py"]
    used = {name for file in files for name in names_read_from_settings(file)}
    used |= {field.name for field in attrs.fields(RankPolicy)}
    for row in SETTINGS:
        assert row.field in used, f"nobody reads settings.{row.field}"


def test_every_part_of_the_rank_policy_is_read() -> None:
    [file] = [file for file in MODULES if file.name == "rank.py"]
    policy = [node for node in ast.walk(tree_of(file)) if isinstance(node, ast.Attribute)]
    used = {node.attr for node in policy if getattr(node.value, "id", None) == "policy"}
    for field in attrs.fields(RankPolicy):
        assert field.name in used, f"no rank depends on RankPolicy.{field.name}"


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (
            {"go": {"inlining": "no"}},
            'goescape.go.inlining must be true or false, not "no"; its default true is used.',
        ),
        (
            {"run": 1},
            (
                'goescape.run must be one of "onType", "onSave", "manual", not 1; '
                'its default "onType" is used.'
            ),
        ),
        ({"go": 5}, "goescape.go must be an object, not 5; its defaults are used."),
        ({"go": {"pth": ""}}, "goescape.go.pth is unknown; it is ignored."),
        ([1], "goescape must be an object, not [1]; its defaults are used."),
        (
            {"go": {"env": {"A=B": 1}}},
            'goescape.go.env must be an object of texts, not {"A=B": 1}; its default {} is used.',
        ),
    ],
)
def test_a_wrong_value_is_one_sentence(raw: object, complaint: str) -> None:
    assert parse(raw) == (Settings(), (f"Setting {complaint}",))


def test_a_wrong_value_does_not_spoil_the_others() -> None:
    settings, complaints = parse({"run": 1, "go": {"path": "/go"}})
    assert settings == Settings(go_path="/go")
    assert len(complaints) == 1


def test_trace_belongs_to_the_client() -> None:
    assert parse({"trace": {"server": "verbose"}}) == (Settings(), ())


@given(JSON)
def test_any_json_gives_usable_settings(raw: Any) -> None:
    settings, complaints = parse(raw)
    assert_usable(settings)
    assert all("goescape" in complaint and "\n" not in complaint for complaint in complaints)


@given(st.sampled_from(SETTINGS), JSON)
def test_any_value_is_taken_or_complained_about(row: Any, value: Any) -> None:
    settings, complaints = parse({row.name: value})
    assert_usable(settings)
    taken = getattr(settings, row.field)
    taken = list(taken) if isinstance(taken, tuple) else taken
    unset = value is None or (value == [] and row.type == "object")
    assert unset or taken == value or (complaints and row.name in complaints[0])


def test_the_table_has_every_setting_once() -> None:
    table = markdown_table()
    assert [table.count(f"| `{row.name}` |") for row in SETTINGS] == [1] * len(SETTINGS)
