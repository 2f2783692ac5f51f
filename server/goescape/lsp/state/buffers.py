"""The open files, as the editor shows them now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from goescape.analysis.syntax.source import SourceText
from goescape.lsp.uris import identity, path_of, uri_of
from goescape.toolchain.go.module_folders import absolute

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


@frozen
class Buffer:
    """A snapshot of one open file."""

    uri: str
    """Exactly as the editor writes it."""
    path: str
    version: int
    source: SourceText


@frozen
class TextChange:
    """New text for a range (0-based lines, 0-based UTF-16 columns), or for everything."""

    text: str
    start: tuple[int, int] | None = None
    end: tuple[int, int] = (0, 0)


@frozen(eq=False)
class OpenDocuments:
    """The open files at one moment, by identity: a link and its target are one file."""

    _by_identity: Mapping[str, Buffer] = field(factory=dict)
    _identities: Mapping[str, str] = field(factory=dict)
    """Path -> identity, of open files only."""
    _other_identities: dict[str, str] = field(factory=dict)
    """A cache: of other paths that were asked for since the last opening."""

    def __iter__(self) -> Iterator[Buffer]:
        return iter(self._by_identity.values())

    def at(self, path: str) -> Buffer | None:
        """The open file behind any of its names."""
        key = self._identities.get(path) or self._other_identities.get(path)
        if key is None:
            key = self._other_identities[path] = identity(path)
        return self._by_identity.get(key)

    def text(self, path: str) -> SourceText | None:
        """What the editor shows; None when the file is not open."""
        buffer = self.at(path)
        return None if buffer is None else buffer.source

    def uri(self, path: str) -> str:
        """The editor's own name of an open file; a fresh URI for every other."""
        buffer = self.at(path)
        return uri_of(path) if buffer is None else buffer.uri

    def with_opened(self, buffer: Buffer) -> OpenDocuments:
        """These and one more, or another text of one."""
        key = identity(buffer.path)
        identities = {**self._identities, buffer.path: key}
        return OpenDocuments({**self._by_identity, key: buffer}, identities)

    def with_changed(self, buffer: Buffer) -> OpenDocuments:
        """The same files with another text of one of them."""
        by_identity = {**self._by_identity, self._identities[buffer.path]: buffer}
        return evolve(self, by_identity=by_identity)

    def without(self, path: str) -> OpenDocuments:
        """All but one."""
        identities = {**self._identities}
        by_identity = {**self._by_identity}
        del by_identity[identities.pop(path)]
        return OpenDocuments(by_identity, identities)


class Buffers:
    """The open files; every event of the editor makes new ``documents``."""

    def __init__(self) -> None:
        self.documents = OpenDocuments()
        self.compiles_unsaved = False
        """Whether the settings say that what is typed is compiled before it is saved."""

    def texts_to_compile(self) -> dict[str, bytes]:
        """The texts that are compiled in place of what is on the disk, by absolute path."""
        if not self.compiles_unsaved:
            return {}
        return {
            absolute(buffer.path): buffer.source.content
            for buffer in self.documents
            if buffer.path.endswith(".go")
        }

    def open(self, uri: str, version: int, text: str) -> Buffer | None:
        """Remember a file; None when it is not a file on disk (``untitled:``, ``git:``)."""
        path = path_of(uri)
        if path is None:
            return None
        buffer = Buffer(uri, path, version, SourceText(path, encoded(text)))
        self.documents = self.documents.with_opened(buffer)
        return buffer

    def change(self, uri: str, version: int, edits: Sequence[TextChange]) -> Buffer | None:
        """Apply the edits in order; None when the file is not open."""
        buffer = self.of_uri(uri)
        if buffer is None:
            return None
        source = buffer.source
        for edit in edits:
            source = SourceText(source.path, edited(source, edit))
        buffer = evolve(buffer, version=version, source=source)
        self.documents = self.documents.with_changed(buffer)
        return buffer

    def close(self, uri: str) -> Buffer | None:
        """Forget a file; what it was."""
        buffer = self.of_uri(uri)
        if buffer is not None:
            self.documents = self.documents.without(buffer.path)
        return buffer

    def of_uri(self, uri: str) -> Buffer | None:
        """The open file that the editor calls so."""
        path = path_of(uri)
        return None if path is None else self.documents.at(path)


def encoded(text: str) -> bytes:
    """The text as Go would read it. Half a surrogate pair becomes one character of one unit."""
    return text.encode("utf-8", "replace")


def edited(source: SourceText, edit: TextChange) -> bytes:
    """The text after one edit; positions outside of it are moved to its nearest end."""
    if edit.start is None:
        return encoded(edit.text)
    start, end = sorted((_offset(source, edit.start), _offset(source, edit.end)))
    return source.content[:start] + encoded(edit.text) + source.content[end:]


def _offset(source: SourceText, position: tuple[int, int]) -> int:
    line = position[0] + 1
    if line < 1:
        return 0
    offset = source.offset(line, source.byte_column(line, position[1]))
    return len(source.content) if offset is None else offset
