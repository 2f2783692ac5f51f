"""What the compiler says of one package, by the files that it means."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from attrs import frozen

from goescape.analysis.compiler.facts import files_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from goescape.analysis.compiler.facts import (
        BackendEvidence,
        EscapeDecision,
        EscapeExplanation,
        Inlinable,
        InlinedCall,
        PackageText,
        ParameterLeak,
        PrintedCapture,
    )
    from goescape.analysis.syntax.source import SourceText


@frozen
class PackageInfo:
    """Which package a text belongs to."""

    path: str
    """Import path."""
    directory: str
    files: tuple[str, ...]
    """Every Go file that this build compiled, tests included; absolute."""
    working_directory: str
    """Where the build ran: printed paths are relative to it."""
    language: tuple[int, int] = (1, 22)
    """The version of the Go language that the module asks for."""


class FileFacts(NamedTuple):
    """What is said at positions of one file, in the order of the text; without evidence."""

    explanations: tuple[EscapeExplanation, ...] = ()
    decisions: tuple[EscapeDecision, ...] = ()
    leaks: tuple[ParameterLeak, ...] = ()
    inlinable: tuple[Inlinable, ...] = ()
    inlined_calls: tuple[InlinedCall, ...] = ()
    captures: tuple[PrintedCapture, ...] = ()


@frozen
class PackageFacts:
    """What the compiler said of a package."""

    info: PackageInfo
    by_file: Mapping[str, Sequence[FileFacts]]
    """What each text says of a file."""
    nowhere: Sequence[FileFacts]
    """What is said of files that are not shown."""
    paths: Mapping[str, str | None]
    """The absolute path of each printed one; None where it has no file."""
    elsewhere: Mapping[str, SourceText]
    """Files of other packages that have facts, too."""
    explanations: Sequence[EscapeExplanation]

    @classmethod
    def of(
        cls,
        info: PackageInfo,
        texts: Sequence[PackageText],
        sources: Mapping[str, SourceText],
        read: Callable[[str], SourceText | None],
    ) -> PackageFacts:
        elsewhere: dict[str, SourceText] = {}

        def exists(path: str) -> bool:
            if path not in sources and (source := read(path)) is not None:
                elsewhere[path] = source
            return path in sources or path in elsewhere

        groups = [_facts_by_file(text) for text in texts]
        explanations = [explanation for text in texts for explanation in text.explanations]
        printed = {file for group in groups for file in group}
        printed.update(files_in(explanations))
        paths = _absolute_paths(sorted(printed), info.working_directory, info.files, exists)
        by_path: dict[str, list[FileFacts]] = {}
        nowhere: list[FileFacts] = []
        for group in groups:
            for file, facts in group.items():
                path = paths[file]
                group_of_file = nowhere if path is None else by_path.setdefault(path, [])
                if facts not in group_of_file:  # test variants repeat most of the package
                    group_of_file.append(facts)
        return cls(info, by_path, nowhere, paths, elsewhere, explanations)

    def evidence(self, texts: Sequence[PackageText]) -> dict[str, tuple[BackendEvidence, ...]]:
        """What code generation said by the way, by file; it comes after everything else.

        What several texts say is there as often as one of them says it.
        """
        by_path: dict[str, Counter[BackendEvidence]] = {}
        for text in texts:
            for path, said in self._evidence_of_text(text).items():
                by_path[path] = by_path[path] | said if path in by_path else said
        return {path: tuple(said.elements()) for path, said in by_path.items()}

    def _evidence_of_text(self, text: PackageText) -> dict[str, Counter[BackendEvidence]]:
        by_path: dict[str, Counter[BackendEvidence]] = defaultdict(Counter)
        for evidence in text.evidence:
            if (path := self.paths.get(evidence.at.file)) is not None:
                by_path[path][evidence] += 1
        return by_path


def _facts_by_file(text: PackageText) -> dict[str, FileFacts]:
    """The facts of a text by the file of their position, as printed."""
    groups: defaultdict[str, tuple[list[Any], ...]] = defaultdict(_lists)
    kinds: tuple[tuple[Any, ...], ...] = (
        text.explanations,
        text.decisions,
        text.leaks,
        text.inlinable,
        text.inlined_calls,
        text.captures,
    )
    for index, facts in enumerate(kinds):
        last: str | None = None
        of_file: list[Any] = []
        for fact in facts:
            file = fact.at.file
            if file is not last:  # most have the file of the one before
                last, of_file = file, groups[file][index]
            of_file.append(fact)
    return {file: FileFacts._make(map(tuple, lists)) for file, lists in groups.items()}


def _lists() -> tuple[list[Any], ...]:
    return tuple([] for _ in FileFacts._fields)


def _absolute_paths(
    printed: Iterable[str],
    working_directory: str,
    files: Sequence[str],
    exists: Callable[[str], bool],
) -> dict[str, str | None]:
    """The absolute path of each printed one; None for what has no file that we may show.

    ``files`` are the package's own; ``exists`` knows the others of the workspace. Go prints paths
    relative to the folder of the build, and replays cached text with those of the build that
    filled the cache: a package's own file is then found by its name.
    """
    own = {posixpath.basename(_slashes(path)): path for path in files}
    by_slashes = {_slashes(path): path for path in files}
    absolute_of: dict[str, str | None] = {}
    for path in printed:
        absolute = joined(working_directory, path)
        match = by_slashes.get(absolute)
        if match is None and path.endswith(".go"):
            if exists(absolute):
                match = absolute
            elif not _is_absolute(path):
                match = own.get(posixpath.basename(_slashes(path)))
        absolute_of[path] = match
    return absolute_of


def joined(working_directory: str, path: str) -> str:
    """A printed path as an absolute one, with forward slashes; ``<autogenerated>`` stays."""
    if path.startswith("<"):
        return path
    return posixpath.normpath(posixpath.join(_slashes(working_directory), _slashes(path)))


def _is_absolute(path: str) -> bool:
    return posixpath.isabs(_slashes(path)) or path[1:3] in {":\\", ":/"}


def _slashes(path: str) -> str:
    return path.replace("\\", "/")
