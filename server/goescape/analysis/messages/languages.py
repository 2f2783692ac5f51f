"""Which language to speak, and its catalogue."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from goescape.analysis.messages.catalogue import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from goescape.analysis.messages.catalogue import Catalogue

NAMES = ("en", "zh-cn")
_SIMPLIFIED = re.compile(r"zh(?:$|[-_](?:cn|sg|hans)\b)", re.IGNORECASE)


def catalogue(wanted: str, locales: Iterable[str]) -> Catalogue:
    """The language of a setting; for ``auto``, of the first locale that says anything.

    Locales are written as editors (``zh-cn``) and systems (``zh_CN.UTF-8``) do.
    """
    if wanted == "auto":
        locale = next(filter(None, locales), "").partition(".")[0]
        wanted = "zh-cn" if _SIMPLIFIED.match(locale) else "en"
    if wanted != "zh-cn":
        return ENGLISH
    from goescape.analysis.messages.chinese import CHINESE  # noqa: PLC0415 - most never need it

    return CHINESE


def language_of_environment(environment: Iterable[tuple[str, str]]) -> list[str]:
    """The locales that environment variables name, the strongest first."""
    known = dict(environment)
    return [known.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
