"""Many small packages in one module: what a rewrite does with each of them.

A file of snippets has sections ``=== offered: name``, each with the code, and after ``--- with``
lines parts of the result; ``=== offered with types: name`` where only Go's type checker can tell;
``=== offered as a trade: name`` where it is a quick fix elsewhere and here for the user to judge;
and sections ``=== refused: name``, where ``--- because`` may stand before one of the reasons.
``(crlf)`` may follow the name, and ``(internal)`` for a package that nobody else can import.
``---- file.go`` lines separate the files of a package, and ``---- log/log.go`` those of one that it
may import as ``example.com/m/name_of_the_snippet/log``; a package clause is added where none is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from attrs import field, frozen

from goescape.analysis.messages.languages import ENGLISH
from goescape.analysis.syntax.source import SourceText
from goescape.fixes.candidate import Candidate, Refusal
from goescape.fixes.context.package_code import PackageCode, PackageUsers
from goescape.fixes.context.package_types import UNKNOWN
from goescape.fixes.driver import proposals_of
from goescape.toolchain.engine import Engine, EngineOptions, Problem
from goescape.toolchain.proofs.fix_context import FixContext, typed_package
from goescape.toolchain.proofs.prover import Disproof, Proof, Prover

if TYPE_CHECKING:
    from pathlib import Path

    from goescape.analysis.model import PackageReport
    from goescape.fixes.rewrite import Rewrite


@frozen
class Snippet:
    """One section."""

    name: str
    offered: bool
    files: dict[str, str]
    parts: tuple[str, ...]
    needs_types: bool = False
    is_trade: bool = False
    because: str = ""
    folder: str = ""
    """Where it lies, instead of in a folder of its name."""

    @property
    def pattern(self) -> str:
        """Its folder below that of the module."""
        return self.folder or self.name


@frozen
class Tried:
    """What became of one snippet."""

    proofs: list[Proof] = field(factory=list)
    reasons: list[str] = field(factory=list)

    @property
    def results(self) -> list[str]:
        """The files after each proved fix."""
        return [text.decode() for proof in self.proofs for text in proof.contents.values()]


def snippets_of(text: str) -> list[Snippet]:
    """The sections of a file of snippets."""
    found = []
    for section in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        head, _, rest = section.partition("\n")
        kind, _, name = head.partition(": ")
        if "(crlf)" in name:
            rest = rest.replace("\n", "\r\n")
        code, *parts = re.split(r"^--- with\r?\n", rest, flags=re.MULTILINE)
        plain = re.sub(r"\W+", "_", name.partition("(")[0]).strip("_")
        assert re.fullmatch(r"refused|offered( with types)?( as a trade)?", kind), head
        assert bool(parts) == (kind != "refused"), head
        code, _, because = code.partition("--- because\n")
        expected = tuple(part.strip() for part in parts)
        needs_types, is_trade = "with types" in kind, "as a trade" in kind
        folder = f"internal/{plain}" if "(internal)" in name else plain
        found.append(
            Snippet(
                plain,
                bool(parts),
                _files(code),
                expected,
                needs_types,
                is_trade,
                because.strip(),
                folder,
            )
        )
    return found


def _files(code: str) -> dict[str, str]:
    pieces = re.split(r"^---- (\S+)\r?\n", code, flags=re.MULTILINE)
    files = dict(zip(pieces[1::2], pieces[2::2], strict=True)) or {"code.go": code}
    return {
        name: text if re.search(r"^package ", text, re.MULTILINE) else f"package p\n\n{text}"
        for name, text in files.items()
    }


class Workshop:
    """A module with all the snippets of a rewrite, compiled once."""

    def __init__(
        self, root: Path, go: str, rewrite: Rewrite, language: str, *, knows_types: bool = True
    ) -> None:
        self._knows_types = knows_types
        self._root = root.resolve()
        self._rewrite = rewrite
        self._engine = Engine(EngineOptions(go_path=go))
        major, minor = (int(part) for part in language.split(".")[:2])
        self._language = (major, minor)
        (root / "go.mod").write_text(f"module example.com/m\n\ngo {language}\n", "utf-8")

    async def try_all(self, snippets: list[Snippet]) -> dict[str, Tried]:
        """Propose for every snippet, and prove what is proposed."""
        for snippet in snippets:
            for name, content in snippet.files.items():
                path = self._root / snippet.pattern / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode())
        reports = {}
        async for item in self._engine.analyze(str(self._root), ["./..."]):
            assert not isinstance(item, Problem), item.message
            assert not item.errors, (item.directory, item.errors)
            reports[item.package.rpartition("/")[2]] = item
        return {s.name: await self._try(s.pattern, reports[s.name]) for s in snippets}

    async def _try(self, folder: str, report: PackageReport) -> Tried:
        others = {
            str(path): SourceText(str(path), path.read_bytes())
            for path in (self._root / folder).glob("*.go")
            if str(path) not in report.files
        }
        version = (await self._engine.go()).number
        imported = await self._engine.packages.imported(str(self._root), f"./{folder}")
        root, pattern = str(self._root), f"./{folder}"
        edited, types = await typed_package(self._engine, root, pattern, report)
        if not self._knows_types:
            types = UNKNOWN
        users = PackageUsers(others, (), imported, lambda: (), types=types)
        code = PackageCode(report, users, version, self._language)
        around = FixContext(code, root, pattern, edited=edited)
        tried, prover = Tried(), Prover.of(self._engine, around)
        for file in code.files.values():
            for each in proposals_of(self._rewrite, code, file):
                if isinstance(each, Refusal):
                    tried.reasons.append(ENGLISH.reason(each.reason))
                    continue
                assert isinstance(each, Candidate)
                verdict = await prover.prove(each)
                if isinstance(verdict, Disproof):
                    tried.reasons.append(ENGLISH.reason(verdict.reason))
                else:
                    tried.proofs.append(verdict)
        return tried
