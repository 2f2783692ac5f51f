"""The languages that have a catalogue, and which one to speak."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

from goescape.analysis.messages import catalogues
from goescape.analysis.messages.catalogues import en, language_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.messages.catalogue import Catalogue

ENGLISH = en.CATALOGUE


def catalogue_of(name: str) -> Catalogue:
    """The catalogue of one of the languages, which most never need: it is read when asked for."""
    module = importlib.import_module(f"{catalogues.__name__}.{name.replace('-', '_')}")
    catalogue: Catalogue = module.CATALOGUE
    return catalogue


def catalogue_for(wanted: str, locales: Iterable[str]) -> Catalogue:
    """The language of a setting; for ``auto``, of the first locale that says anything.

    Locales are written as editors (``zh-cn``) and systems (``zh_CN.UTF-8``) do.
    """
    if wanted != "auto":
        return catalogue_of(wanted) if wanted in language_names() else ENGLISH
    locale = next(filter(None, locales), "").partition(".")[0].lower()
    language = re.split("[-_]", locale)[0]
    near = [name for name in language_names() if name.partition("-")[0] == language]
    catalogues = (
        catalogue for name in near if (catalogue := catalogue_of(name)).matches_locale(locale)
    )
    return next(catalogues, ENGLISH)


def language_of_environment(environment: Iterable[tuple[str, str]]) -> list[str]:
    """The locales that environment variables name, the strongest first."""
    variables = dict(environment)
    return [variables.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
