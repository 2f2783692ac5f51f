"""One answer of `go list` about many packages: what concerns each of them is taken from it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from goescape.toolchain.file_stamps import file_stamp, folder_stamp

SHARED_FIELDS = "ImportPath,Dir,ForTest,DepOnly,Imports,Deps"
"""What `go list -deps` must tell for it, among others."""
_Listed = Mapping[str, object]


@frozen(eq=False)
class SharedListing:
    """What packages and their tests import, also indirectly, and where that was built.

    It is good for a package as long as no file of what the package imports has changed.
    """

    root: str
    _by_path: Mapping[str, _Listed]
    """In the order of the answer."""
    _exports: Mapping[str, str] = field(factory=dict)
    _stamps: Mapping[str, object] = field(init=False)
    """Of the folders of the module with their Go files, when the answer came."""

    def __attrs_post_init__(self) -> None:
        folders = {_folder(item) for item in self._by_path.values()}
        near = (folder for folder in folders if Path(folder).is_relative_to(self.root))
        stamps = {folder: folder_stamp(folder) for folder in near}
        object.__setattr__(self, "_stamps", {**stamps, "": self._module_stamp()})

    @classmethod
    def of(
        cls, root: str, objects: Sequence[_Listed], exports: Mapping[str, str] | None = None
    ) -> SharedListing:
        """From what `go list -deps` prints with ``SHARED_FIELDS``, and the export files of some
        packages."""
        return cls(root, {str(item["ImportPath"]): item for item in objects}, exports or {})

    def imported(self) -> set[str]:
        """What the packages that were asked for import themselves, and may be built alone."""
        asked = (item for item in self._by_path.values() if not item.get("DepOnly"))
        paths = {path for item in asked for path in _names(item, "Imports")}
        return {path for path in paths if " [" not in path and path in self._by_path}

    def package(self, folder: str) -> list[_Listed] | None:
        """What `go list` says of the package of a folder; None where it is not known, or not good
        any more."""
        own = {str(item["ImportPath"]) for item in self._own(folder)}
        around = self._with_dependencies(own) if own else None
        return around and [item for item in around if item["ImportPath"] in own]

    def around(self, pattern: str) -> list[_Listed] | None:
        """The same of the package of ``./sub``, with all that it and its tests import."""
        folder = os.path.normpath(os.path.join(self.root, pattern))  # noqa: PTH118
        own = [str(item["ImportPath"]) for item in self._own(folder)]
        return self._with_dependencies(own) if own else None

    def _own(self, folder: str) -> list[_Listed]:
        """The package of a folder and its variants for tests, if it was asked for."""
        own = [item for item in self._by_path.values() if _folder(item) == folder]
        main = next((item for item in own if not item.get("ForTest")), None)
        if main is None or main.get("DepOnly"):
            return []
        return [item for item in own if item.get("ForTest") in {None, main["ImportPath"]}]

    def exports(self, packages: Iterable[str]) -> dict[str, str] | None:
        """The export files of packages; None where one is not known, or not good any more."""
        found = {path: self._exports.get(path) for path in packages}
        known = {path: file for path, file in found.items() if file is not None}
        if len(known) < len(found) or self._with_dependencies(found) is None:
            return None
        return known

    def _with_dependencies(self, roots: Iterable[str]) -> list[_Listed] | None:
        wanted: set[str] = set()
        for path in roots:
            item = self._by_path.get(path)
            if item is not None:
                wanted |= {path, *_names(item, "Deps")}
        listed = [item for path, item in self._by_path.items() if path in wanted]
        folders = {_folder(item) for item in listed} & {*self._stamps}
        is_good = all(folder_stamp(folder) == self._stamps[folder] for folder in folders)
        return listed if is_good and self._module_stamp() == self._stamps[""] else None

    def _module_stamp(self) -> object:
        return file_stamp(str(Path(self.root, "go.mod")))


def _folder(item: _Listed) -> str:
    return str(item.get("Dir") or "/")


def _names(item: _Listed, name: str) -> Iterable[str]:
    names = item.get(name)
    return map(str, names if isinstance(names, list) else ())
