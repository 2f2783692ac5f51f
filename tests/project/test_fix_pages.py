"""``docs/fixes`` says what the rewrites declare, and has a page for each of them."""

from __future__ import annotations

import re

from goescape.fixes.driver import all_rewrites
from tests.conftest import REPOSITORY
from tests.project.fix_pages import pages

FOLDER = REPOSITORY / "docs" / "fixes"


def test_the_pages_are_generated(update: bool) -> None:
    texts = pages(all_rewrites())
    if update:
        FOLDER.mkdir(exist_ok=True)
        for stale in {path.name for path in FOLDER.iterdir()} - texts.keys():
            (FOLDER / stale).unlink()
        for name, text in texts.items():
            (FOLDER / name).write_text(text, "utf-8")
    written = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert written == texts, "run pytest with --update"


def test_every_link_leads_to_a_page() -> None:
    texts = pages(all_rewrites())
    for name, text in texts.items():
        for target in re.findall(r"\]\(([^)\s]+\.md)\)", text):
            assert target in texts or (FOLDER / target).exists(), f"{name}: {target}"


def test_codes_and_titles_are_told_apart() -> None:
    rewrites = all_rewrites()
    assert len({rewrite.code for rewrite in rewrites}) == len(rewrites)
    titles = [title for rewrite in rewrites for title in rewrite.titles]
    assert len(set(titles)) == len(titles)
    for rewrite in rewrites:
        module = rewrite.find.__module__.rpartition(".")[2]
        assert module == rewrite.code.replace("-", "_"), "a module is named after its code"
