"""The settings that change what go does."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - attrs resolves annotations
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from goescape.settings import Settings


@frozen
class EngineOptions:
    """The settings that change what go does."""

    go_path: str = ""
    env: Mapping[str, str] = field(factory=dict)
    build_flags: tuple[str, ...] = ()
    inlining: bool = True
    tests: bool = True

    @classmethod
    def of(cls, settings: Settings) -> EngineOptions:
        """The options that these settings ask for."""
        return cls(
            settings.go_path,
            dict(settings.go_env),
            tuple(settings.go_build_flags),
            settings.go_inlining,
            settings.include_tests,
        )
