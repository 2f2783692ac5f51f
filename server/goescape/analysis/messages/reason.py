"""Why something is not offered, or not so: a code with arguments, which a catalogue has words for.

What decides knows no language: it gives a ``Reason``. What shows it to a user asks the catalogue in
use: ``catalogue.reason(reason)``.
"""

from __future__ import annotations

import enum
from typing import TypeAlias, Union

from attrs import frozen


class ReasonCode(enum.Enum):
    """Every reason. Each catalogue has one sentence for each, with the same arguments in it."""

    GO_SAYS = "go-says"
    """In Go's own words, or the system's: they are shown as they are."""

    # Whether a value may be copied.
    ARRAY_LENGTH_UNKNOWN = "array-length-unknown"
    COPY_COSTS = "copy-costs"
    COPY_UNKNOWN = "copy-unknown"
    FIELDS_UNKNOWN = "fields-unknown"
    IS_LOCK = "is-lock"
    LINKED_TYPE = "linked-type"
    TYPE_DIFFERS_BY_BUILD = "type-differs-by-build"

    # What a proof found.
    DOES_NOT_COMPILE = "does-not-compile"
    DOES_NOT_COMPILE_FOR = "does-not-compile-for"
    GO_FAILS_FOR = "go-fails-for"
    IMPORTER_DOES_NOT_COMPILE = "importer-does-not-compile"
    IN_IMPORTER = "in-importer"
    INLINED_NO_MORE = "inlined-no-more"
    MIGHT_ALLOCATE = "might-allocate"
    NEEDS_GO = "needs-go"
    NO_BUILD_HAS = "no-build-has"
    NO_MORE_CALLERS_KEEP = "no-more-callers-keep"
    NO_TARGET = "no-target"
    PROOF_TIMED_OUT = "proof-timed-out"
    STILL_IN_LOOP = "still-in-loop"
    STILL_ON_HEAP = "still-on-heap"
    THE_PACKAGE = "the-package"
    """No reason, but a place: that of what is in no function."""
    TOO_MANY_FIXES = "too-many-fixes"
    TYPE_DIFFERS = "type-differs"
    VET_OBJECTS = "vet-objects"
    WOULD_BE_IN_LOOP = "would-be-in-loop"
    WOULD_ESCAPE = "would-escape"

    # Why a fix that holds is not applied.
    CANNOT_WRITE = "cannot-write"
    COPY_OF_MODULE = "copy-of-module"
    FILE_CHANGED = "file-changed"
    FILE_GONE = "file-gone"
    FILE_READ_ONLY = "file-read-only"
    GENERATED_FILE = "generated-file"
    NOT_WORTH_IT = "not-worth-it"
    OUTSIDE_WORKSPACE = "outside-workspace"
    SEVERAL_FIXES = "several-fixes"
    TESTS_FAIL = "tests-fail"
    USER_MUST_JUDGE = "user-must-judge"


Argument: TypeAlias = Union[str, "Reason"]
"""Code of the user as it is written, a name, a number; or what another reason is the reason of."""


@frozen
class Reason:
    """One reason; equal ones say the same."""

    code: ReasonCode
    arguments: tuple[tuple[str, Argument], ...] = ()
    """What the sentence names, by the placeholder's name."""

    @classmethod
    def of(cls, code: ReasonCode, **arguments: Argument) -> Reason:
        """The reason with what its sentence names."""
        return cls(code, tuple(sorted(arguments.items(), key=lambda argument: argument[0])))

    @classmethod
    def said(cls, text: str) -> Reason:
        """In the words of Go or of the system, which have no translation."""
        return cls.of(ReasonCode.GO_SAYS, text=text)
