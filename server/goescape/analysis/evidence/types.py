"""What Go's type checker says of expressions; positions are lines and byte columns from 1."""

from __future__ import annotations

from attrs import frozen

UNKNOWN_SIZE = -1


@frozen
class TypeFacts:
    """A type."""

    text: str
    """As its package would write it."""
    kind: str
    """Of the underlying type: ``int64``, ``struct``, ``slice``, ``type parameter``..."""
    size: int
    """In bytes; -1 where it is not known, or depends on type parameters."""
    alignment: int
    has_pointers: bool
    is_pointer_shaped: bool
    """Whether an interface holds the value itself."""
    is_interface: bool
    is_generic: bool
    """Whether its size depends on type parameters."""
    core: str = ""
    """Of a type parameter: the kind that all of its types have; empty where they differ."""


@frozen
class ValueFacts:
    """An expression."""

    expression: str
    """``identifier``, ``selector``, ``method value``, ``literal``, ``composite``, ``function``,
    ``call``, ``conversion``, ``builtin``, ``address``, ``operation`` or ``other``."""
    type: TypeFacts | None
    element: TypeFacts | None = None
    """Of a pointer, slice, array, channel or map."""
    key: TypeFacts | None = None
    """Of a map."""
    constant: str | None = None
    """The value as Go writes it, shortened."""
    text_size: int = UNKNOWN_SIZE
    """Bytes of a constant string; -1 for anything else."""
    callee: str = ""
    """The function that a call calls, or the builtin, where that is known before it runs."""
    arguments: tuple[ValueFacts | None, ...] | None = None
    """Of a call, or the operands."""
    converted: TypeFacts | None = None
    """The interface that it is put into where it stands."""
    instances: tuple[TypeFacts, ...] | None = None
    """What its type parameter, or that of its elements, stands for in this package."""
    is_complete: bool = False
    """Whether these are all instances in any program."""


@frozen
class ConversionFacts:
    """A value that is put into an interface."""

    at: tuple[int, int, int, int, int]
    """Number of the file, beginning and end of the expression."""
    source: TypeFacts
    target: TypeFacts
    reason: str
    """``argument``, ``assignment``, ``return``, ``element``..."""
    is_constant: bool


@frozen
class TypesAnswer:
    """What was asked of a package."""

    is_partial: bool
    """Whether the package has errors."""
    values: tuple[ValueFacts | None, ...]
    """Of each question; None where nothing is known."""
    named: tuple[TypeFacts | None, ...]
    conversions: tuple[ConversionFacts, ...] | None = None
