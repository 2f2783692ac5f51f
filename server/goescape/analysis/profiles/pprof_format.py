"""The format of pprof's profiles, https://github.com/google/pprof/blob/main/proto/profile.proto.

The description below is what protobuf needs to read one: only what goescape looks at is declared.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["DecodeError", "decode", "samples"]

_Field = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "perftools.profiles"
_MESSAGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "Profile": (
        ("sample_type", 1, "ValueType*"),
        ("sample", 2, "bytes*"),
        ("location", 4, "Location*"),
        ("function", 5, "Function*"),
        ("string_table", 6, "bytes*"),
        ("time_nanos", 9, "int64"),
    ),
    "ValueType": (("type", 1, "int64"), ("unit", 2, "int64")),
    "Sample": (("location_id", 1, "uint64*"), ("value", 2, "int64*")),
    "Location": (("id", 1, "uint64"), ("line", 4, "Line*")),
    "Line": (("function_id", 1, "uint64"), ("line", 2, "int64")),
    "Function": (
        ("id", 1, "uint64"),
        ("name", 2, "int64"),
        ("filename", 4, "int64"),
        ("start_line", 5, "int64"),
    ),
}
"""The fields of each message: name, number, type; a star stands for a repeated one.

Samples stay bytes until they are looked at: there can be millions, and their messages would take
three times the memory.
"""


def decode(content: bytes) -> Any:
    """The message Profile of these bytes. Raises DecodeError."""
    return _message("Profile").FromString(content)


def samples(profile: Any) -> Iterator[tuple[tuple[int, ...], Sequence[int]]]:
    """The locations, innermost first, and the values of each sample. Raises DecodeError."""
    sample = _message("Sample")
    for content in profile.sample:
        decoded = sample.FromString(content)
        yield tuple(decoded.location_id), decoded.value


def _message(name: str) -> Any:
    return message_factory.GetMessageClass(_pool().FindMessageTypeByName(f"{_PACKAGE}.{name}"))


@cache
def _pool() -> Any:
    """Made when the first profile is read; nobody else waits for it."""
    file = descriptor_pb2.FileDescriptorProto(
        name="goescape/profile.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            message.field.append(_field(field, number, kind))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


def _field(name: str, number: int, kind: str) -> descriptor_pb2.FieldDescriptorProto:
    plain = kind.removesuffix("*")
    field = _Field(name=name, number=number)
    field.label = _Field.LABEL_REPEATED if kind != plain else _Field.LABEL_OPTIONAL
    if plain in _MESSAGES:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{plain}"
    else:
        field.type = _Field.Type.Value(f"TYPE_{plain.upper()}")
    return field
