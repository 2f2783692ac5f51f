"""Where editors keep their configuration."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping


@frozen
class UserFolders:
    """The folders of one user."""

    home: Path
    environment: Mapping[str, str]
    system: str = sys.platform

    @property
    def _roaming(self) -> Path:
        """Where programs keep settings on Windows."""
        return Path(self.environment.get("APPDATA") or self.home / "AppData" / "Roaming")

    def under_home(self, *names: str) -> str:
        """A file in the home folder."""
        return str(self.home.joinpath(*names))

    def under_config(self, *names: str) -> str:
        """A file in the folder for configuration."""
        if self.system == "win32":
            local = self.environment.get("LOCALAPPDATA") or self.home / "AppData" / "Local"
            return str(Path(local if names[0] in {"nvim", "kate"} else self._roaming, *names))
        named = self.environment.get("XDG_CONFIG_HOME", "")
        base = Path(named) if Path(named).is_absolute() else self.home / ".config"
        return str(base.joinpath(*names))

    def under_data(self, program: str, *names: str) -> str:
        """A file or folder among a program's data."""
        if self.system == "win32":
            local = self.environment.get("LOCALAPPDATA") or self.home / "AppData" / "Local"
            return str(Path(local, f"{program}-data", *names))
        named = self.environment.get("XDG_DATA_HOME", "")
        base = Path(named) if Path(named).is_absolute() else self.home / ".local" / "share"
        return str(base.joinpath(program, *names))

    def sublime(self, name: str) -> str:
        """A file of the user's own package."""
        folder = ("Sublime Text", "Packages", "User", name)
        if self.system == "win32":
            return str(self._roaming.joinpath(*folder))
        if self.system == "darwin":
            return self.under_home("Library", "Application Support", *folder)
        return self.under_config("sublime-text", *folder[1:])

    def vimrc(self) -> str:
        """The one that there is, else where Vim looks first."""
        first = "_vimrc" if self.system == "win32" else ".vimrc"
        folder = "vimfiles" if self.system == "win32" else ".vim"
        return self._existing([(first,), (folder, "vimrc")])

    def emacs(self) -> str:
        """The one that there is, in Emacs' order; else in ``.emacs.d``."""
        files = [(".emacs",), (".emacs.el",), (".emacs.d", "init.el")]
        existing = self._existing(files, default=2)
        modern = Path(self.under_config("emacs", "init.el"))
        return str(modern) if modern.exists() and not Path(existing).exists() else existing

    def _existing(self, files: list[tuple[str, ...]], default: int = 0) -> str:
        named = [self.under_home(*names) for names in files]
        return next((path for path in named if Path(path).exists()), named[default])
