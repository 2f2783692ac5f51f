"""What clients show in views of their own: packages, functions, sites, files, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol.converters import get_converter
from lsprotocol.types import ClientCapabilities

from goescape.lsp.uris import uri_of
from tests.lsp.capabilities import neovim, pushed_vscode
from tests.lsp.harness import conversation

if TYPE_CHECKING:
    from tests.conftest import WriteTree

FILES = """
-- go.mod --
module example.com/m

go 1.21
-- p.go --
package m

func One() *int {
	é := new(int)
	return é
}

func Many(n int) []*int {
	found := make([]*int, 0, 8)
	for i := 0; i < n; i++ {
		found = append(found, new(int))
	}
	return found
}
-- p_test.go --
package m

import "testing"

var kept *int

func TestOne(t *testing.T) { kept = new(int) }
"""


def with_views() -> ClientCapabilities:
    """An editor that shows results, problems and places itself."""
    claims = get_converter().unstructure(pushed_vscode())
    names = ("Status", "Results", "Problems", "Places")
    claims["experimental"] = {f"goescape{name}": True for name in names}
    return get_converter().structure(claims, ClientCapabilities)


async def test_packages_with_their_counts(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    async with conversation(with_views(), folder) as talk:
        talk.open(folder / "p.go")
        await talk.until_idle()
        (package,) = await talk.command("goescape.packages")
        assert (package["name"], package["waits"]) == ("example.com/m", "")
        assert package["folder"] == package["uri"] == uri_of(str(folder))
        assert package["counts"] == {"warning": 1, "information": 3, "hint": 1}
        (narrow,) = await talk.command("goescape.packages", {"minimumSeverity": "warning"})
        assert narrow["counts"] == {"warning": 1, "information": 0, "hint": 0}
        assert await talk.command("goescape.packages", {"causes": ["too-large"]}) == []


async def test_sites_by_function_in_the_order_of_the_source(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    async with conversation(with_views(), folder) as talk:
        talk.open(folder / "p.go")
        await talk.until_idle()
        found = await talk.command("goescape.sites", uri_of(str(folder)))
        shown = {each["name"]: [site["subject"] for site in each["sites"]] for each in found}
        assert shown["One"] == ["new(int)"]
        assert [subject.partition("(")[0] for subject in shown["Many"]] == ["make", "append", "new"]
        one = next(each for each in found if each["name"] == "One")
        (site,) = one["sites"]
        start = site["location"]["range"]["start"]
        assert (start["line"], start["character"]) == (3, 6)  # UTF-16: the é counts once
        assert one["location"]["range"]["start"] == {"line": 2, "character": 5}
        steps = await talk.command("goescape.showFlow", *site["flow"])
        assert len(steps) > 1
        assert talk.questions == []  # the editor shows places itself


async def test_one_file_whether_diagnostics_are_shown_or_not(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    settings = {"diagnostics": {"enable": False}}
    async with conversation(with_views(), folder, settings=settings) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until_idle()
        found = await talk.command("goescape.file", uri)
        assert found["counts"] == {"warning": 1, "information": 3, "hint": 0}
        ranks = [site["severity"] for site in found["sites"]]
        assert ranks == ["information", "information", "information", "warning"]
        assert await talk.command("goescape.file", uri_of(str(folder / "unknown.go"))) is None


async def test_a_package_that_does_not_compile_waits(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    (folder / "p.go").write_text("package m\n\nvar x int = y\n")
    async with conversation(with_views(), folder) as talk:
        talk.open(folder / "p.go")
        await talk.until_idle()
        (package,) = await talk.command("goescape.packages")
        assert "undefined: y" in package["waits"]


async def test_the_report_names_functions_and_fixes(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    async with conversation(with_views(), folder) as talk:
        talk.open(folder / "p.go")
        await talk.until_idle()
        page: str = await talk.command("goescape.showReport")
        assert "<b>5</b> allocation sites" in page
        assert f'href="{uri_of(str(folder / "p.go"))}#L11,25"' in page
        assert page.index("<code>Many</code>") < page.index("<code>One</code>")
        assert "<script" not in page


async def test_a_problem_is_left_to_an_editor_that_shows_it(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    settings: dict[str, Any] = {"go": {"path": "/nowhere/go"}}
    async with conversation(with_views(), folder, settings=settings) as talk:
        talk.open(folder / "p.go")
        await talk.until(lambda: talk.statuses and talk.statuses[-1].problem == "go")
        assert "/nowhere/go" in talk.statuses[-1].message
        assert talk.client.messages == []


async def test_other_editors_are_asked_and_get_the_report_as_a_page(write_tree: WriteTree) -> None:
    folder = write_tree(FILES)
    async with conversation(neovim(), folder) as talk:
        uri = talk.open(folder / "p.go")
        await talk.until(lambda: talk.shown(uri))
        page = await talk.command("goescape.showReport")
        assert page is None or page.startswith("<!DOCTYPE html>")
