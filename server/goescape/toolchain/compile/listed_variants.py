"""What packages are checked with: their files, and where what they import was compiled to."""

from __future__ import annotations

import itertools
from collections import defaultdict
from typing import TYPE_CHECKING

from goescape.toolchain.facts.typed_reports import CheckedVariant
from goescape.toolchain.go.packages import listed_packages, split_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from goescape.toolchain.compile.build_plan import BuildPlan

_builds = itertools.count(1)


def checked_variants(
    own: Sequence[Mapping[str, object]],
    everything: Iterable[Mapping[str, object]],
    overlay: Mapping[str, bytes],
) -> dict[str, list[CheckedVariant]]:
    """Of each package, as one `go list -export -deps` has listed it."""
    exports = {str(item.get("ImportPath")): str(item.get("Export") or "") for item in everything}
    items = {split_path(str(item["ImportPath"])): item for item in own}
    world = f"build {next(_builds)}"
    variants: dict[str, list[CheckedVariant]] = defaultdict(list)
    for listed in listed_packages(own):
        item = items[listed.key]
        imported = _texts(item.get("Imports"))
        mapped = item.get("ImportMap")
        names = mapped if isinstance(mapped, dict) else {}
        variants[listed.owner].append(
            CheckedVariant(
                listed.path,
                listed.language,
                listed.files,
                _renamed(names.items()),
                {split_path(path)[0]: exports[path] for path in imported if exports.get(path)},
                world,
                str(item.get("Export") or "") or None,
                {path: text for path, text in overlay.items() if path in listed.files},
            )
        )
    return variants


def planned_variants(
    plan: BuildPlan, exports: Mapping[str, str], texts: Mapping[str, bytes]
) -> list[CheckedVariant]:
    """Of a package that is compiled by its plan; ``texts`` are those that are not on the disk."""
    near = sorted(
        (path, file) for path, file in exports.items() if split_path(path)[0] in plan.near
    )
    world = repr((plan.root, plan.modules, near))
    return [
        CheckedVariant(
            variant.listed.path,
            variant.listed.language,
            variant.listed.files,
            _renamed(variant.imports),
            {split_path(path)[0]: exports[path] for path in variant.packages if exports.get(path)},
            world,
            None,
            {path: text for path, text in texts.items() if path in variant.listed.files},
        )
        for variant in plan.variants
    ]


def _renamed(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    plain = ((source, split_path(path)[0]) for source, path in names)
    return {source: path for source, path in plain if source != path}


def _texts(value: object) -> list[str]:
    return [str(text) for text in value] if isinstance(value, list) else []
