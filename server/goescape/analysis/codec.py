"""Values as bytes: typed, the same on every Python, and nothing but data.

Decoding makes only what its type names, and checks all of it; no class or function is looked up by
a name that is written in the bytes.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

import msgspec

T = TypeVar("T")

_PLAIN, _ESCAPED = b"\0", b"\1"
_BUILTINS = (bytes,)
"""What MessagePack knows beside numbers, texts and collections."""


class Codec(Generic[T]):
    """Turns values of one type into bytes and back."""

    def __init__(self, of: Any) -> None:
        self._type = of
        self._decoder = msgspec.msgpack.Decoder(of)
        self._encoder = msgspec.msgpack.Encoder()

    def encode(self, value: T) -> bytes:
        """The value as bytes."""
        try:
            return _PLAIN + self._encoder.encode(value)
        except UnicodeEncodeError:  # it names a file whose name is not UTF-8
            builtins = msgspec.to_builtins(value, builtin_types=_BUILTINS)
            return _ESCAPED + self._encoder.encode(_each_text(builtins, _escaped))

    def decode(self, data: bytes | memoryview) -> T:
        """The value. Raises ``ValueError`` for what is not one of this type."""
        form, rest = bytes(data[:1]), data[1:]
        try:
            if form == _ESCAPED:
                builtins = _each_text(msgspec.msgpack.decode(rest), _unescaped)
                return cast("T", msgspec.convert(builtins, self._type, builtin_types=_BUILTINS))
            if form == _PLAIN:
                return cast("T", self._decoder.decode(rest))
        except (msgspec.MsgspecError, TypeError, UnicodeError, RecursionError) as problem:
            raise ValueError(f"not of type {self._type}: {problem}") from problem
        raise ValueError(f"not of type {self._type}: it begins with {form!r}")


def _each_text(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {_each_text(key, change): _each_text(item, change) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_each_text(item, change) for item in value)
    return value


def _escaped(text: str) -> str:
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


def _unescaped(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogatepass")
