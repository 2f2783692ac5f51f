"""What a fix puts in place of something worse is no new site: the gate stays open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.terminal.command import goescape
from tests.terminal.test_comparing import committed

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import WriteTree

MODULE = """
-- go.mod --
module example.com/m

go 1.22
-- a.go --
package m

import (
	"fmt"
	"strings"
)

type user struct {
	id   int
	name string
}

func Address(host string, port, part int) string {
	if part > 0 {
		return fmt.Sprintf("%s:%d-%d", host, port, part)
	}
	return fmt.Sprintf("%s:%d", host, port)
}

func Names(users []user) []string {
	out := []string{}
	for _, u := range users {
		out = append(out, u.name)
	}
	return out
}

func Line(users []user) string {
	var b strings.Builder
	for _, u := range users {
		fmt.Fprintf(&b, "%s=%d;", u.name, u.id)
	}
	return b.String()
}

func Joined(words []string) string {
	s := ""
	for _, w := range words {
		s += w + ","
	}
	return s
}

var sink []*user

func Keep(n int) {
	for i := 0; i < n; i++ {
		sink = append(sink, &user{id: i})
	}
}
"""


def since(folder: Path, go: str) -> tuple[int, list[str]]:
    """Exit code and subjects of a check that fails for what is new."""
    command = ("check", "-C", folder, "--go", go, "--since", "HEAD", "--format", "json")
    answer = goescape(*command, "--fail-on", "new")
    assert answer.stderr == ""
    return answer.returncode, [f["subject"] for f in json.loads(answer.stdout)["findings"]]


def test_what_a_fix_leaves_is_not_new(write_tree: WriteTree, go_path: str) -> None:
    folder = write_tree(MODULE)
    committed(folder)
    answer = goescape("fix", "-C", folder, "--go", go_path, "--yes")
    assert answer.returncode == 0
    fixed = (folder / "a.go").read_text()
    assert "fmt." not in fixed, answer.stdout
    assert "append(out" not in fixed
    assert since(folder, go_path) == (0, [])
    compared = goescape("compare", "HEAD", "-C", folder, "--go", go_path)
    assert compared.returncode == 0, compared.stdout
    assert " instead of them, 0 new, " in compared.stdout
    found = json.loads(goescape("compare", "HEAD", "-C", folder, "--format", "json").stdout)
    assert found["new"] == []
    assert 'host + ":" + strconv.Itoa(port)' in {site["subject"] for site in found["replacing"]}


def test_what_is_worse_is_new_also_in_the_same_place(write_tree: WriteTree, go_path: str) -> None:
    folder = write_tree(MODULE)
    committed(folder)
    file = folder / "a.go"
    text = file.read_text()
    for old, new in (
        # in a loop now
        (
            '\treturn fmt.Sprintf("%s:%d", host, port)\n',
            '\tall := ""\n\tfor range port {\n\t\tall += host + ":"\n\t}\n\treturn all\n',
        ),
        # another one beside it
        ("&user{id: i})", "&user{id: i}, new(user))"),
        # elsewhere in the function
        (
            "func Joined(words []string) string {\n",
            "func Joined(words []string) string {\n\tsink = append(sink, &user{id: 7})\n",
        ),
    ):
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    code, subjects = since(folder, go_path)
    assert code == 1
    assert 'host + ":"' in " ".join(subjects)
    assert {"new(user)", "&user{...}"} <= {*subjects}
