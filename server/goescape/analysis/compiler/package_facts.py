"""What all texts of the compiler say of one package, by the files that it is about."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from attrs import frozen

from goescape.analysis.compiler.facts import files_in
from goescape.analysis.compiler.file_facts import FileFacts, facts_by_file
from goescape.analysis.compiler.printed_paths import absolute_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from goescape.analysis.compiler.facts import BackendEvidence, EscapeExplanation, PackageText
    from goescape.analysis.compiler.package_info import PackageInfo
    from goescape.analysis.syntax.source import SourceText


@frozen
class PackageFacts:
    """What the compiler said of a package."""

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

        groups = [facts_by_file(text) for text in texts]
        explanations = [explanation for text in texts for explanation in text.explanations]
        printed = {file for group in groups for file in group}.union(*map(files_in, explanations))
        paths = absolute_paths(sorted(printed), info.working_directory, info.files, exists)
        by_path: dict[str, list[FileFacts]] = {}
        nowhere: list[FileFacts] = []
        for group in groups:
            for file, facts in group.items():
                path = paths[file]
                group_of_file = nowhere if path is None else by_path.setdefault(path, [])
                if facts not in group_of_file:  # test variants repeat most of the package
                    group_of_file.append(facts)
        return cls(by_path, nowhere, paths, elsewhere, explanations)

    def evidence(self, texts: Sequence[PackageText]) -> dict[str, tuple[BackendEvidence, ...]]:
        """What code generation said by the way, by file; it comes after everything else."""
        found: dict[str, list[BackendEvidence]] = defaultdict(list)
        for text in texts:
            for evidence in text.evidence:
                path = self.paths.get(evidence.at.file)
                if path is not None:
                    found[path].append(evidence)
        return {path: tuple(said) for path, said in found.items()}
