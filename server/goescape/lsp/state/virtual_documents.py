"""Documents that are only shown: the compiler's own words."""

from __future__ import annotations

from pathlib import Path


class VirtualDocuments:
    """A temporary folder for documents that are only shown; made when first needed."""

    def __init__(self) -> None:
        self._folder = ""

    def file(self, package: str, suffix: str = ".txt") -> Path:
        """Where the text about a package goes."""
        if not self._folder:
            import tempfile  # noqa: PLC0415 - few sessions need it

            self._folder = tempfile.mkdtemp(prefix="goescape-")
        name = "".join(
            character if character.isalnum() or character in ".-_" else "_" for character in package
        )
        return Path(self._folder, f"{name.strip('._') or 'package'}{suffix}")

    def remove(self) -> None:
        """Leave nothing behind."""
        if self._folder:
            import shutil  # noqa: PLC0415 - as above

            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = ""
