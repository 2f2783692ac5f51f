"""One module for each language, named after it; nothing else names the languages."""

from __future__ import annotations

import pkgutil


def language_names() -> tuple[str, ...]:
    """All languages, as the setting has them, English first; no catalogue is imported for it."""
    names = (module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__))
    return tuple(sorted(names, key=lambda name: (name != "en", name)))
