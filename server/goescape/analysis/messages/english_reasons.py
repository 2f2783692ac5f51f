"""Every reason in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGLISH_REASONS: Mapping[ReasonCode, str] = {
    ReasonCode.GO_SAYS: "{text}",
    # Whether a value may be copied.
    ReasonCode.ARRAY_LENGTH_UNKNOWN: "The length of an array is not known here.",
    ReasonCode.COPY_COSTS: "A `{type}` has more than {limit} bytes: copying it costs, too.",
    ReasonCode.COPY_UNKNOWN: "Whether a `{type}` may be copied is not known.",
    ReasonCode.FIELDS_UNKNOWN: "The fields of `{type}` are not known here.",
    ReasonCode.IS_LOCK: "`{type}` is a lock: it must not be copied.",
    ReasonCode.LINKED_TYPE: (
        "A `{type}` links to others of its kind: they may be told apart by address."
    ),
    ReasonCode.TYPE_DIFFERS_BY_BUILD: "Another build declares `{type}` in another way.",
    # What a proof found.
    ReasonCode.DOES_NOT_COMPILE: "It does not compile: {error}",
    ReasonCode.DOES_NOT_COMPILE_FOR: "It does not compile for {target}: {error}",
    ReasonCode.GO_FAILS_FOR: "For {target}: {error}",
    ReasonCode.IMPORTER_DOES_NOT_COMPILE: "A package that imports this one does not compile.",
    ReasonCode.IN_IMPORTER: "In a package that imports this one: {reason}",
    ReasonCode.INLINED_NO_MORE: (
        "{function} would be inlined no more: its callers cannot keep what it allocates."
    ),
    ReasonCode.MIGHT_ALLOCATE: "`{subject}` in {where} might allocate then.",
    ReasonCode.NEEDS_GO: "It needs Go {version}.",
    ReasonCode.NO_BUILD_HAS: "No build is known that has {file}.",
    ReasonCode.NO_MORE_CALLERS_KEEP: "No more callers would keep `{subject}` on their stack.",
    ReasonCode.NO_TARGET: "It has no target.",
    ReasonCode.PROOF_TIMED_OUT: "The proof took over {seconds} s.",
    ReasonCode.STILL_IN_LOOP: "`{subject}` would still be in the loop.",
    ReasonCode.STILL_ON_HEAP: "`{subject}` would still be on the heap.",
    ReasonCode.THE_PACKAGE: "the package",
    ReasonCode.TOO_MANY_FIXES: (
        "Only {most} fixes of a file are tried; save it nearer to this one."
    ),
    ReasonCode.TYPE_DIFFERS: "A type is not what it would have to be: {error}",
    ReasonCode.VET_OBJECTS: "go vet objects: {complaint}",
    ReasonCode.WOULD_BE_IN_LOOP: "`{subject}` in {where} would be in a loop.",
    ReasonCode.WOULD_ESCAPE: "It would make `{subject}` escape in {where}.",
    # Why a fix that holds is not applied.
    ReasonCode.CANNOT_WRITE: "{file} cannot be written ({error}).",
    ReasonCode.COPY_OF_MODULE: "It would change {file}, which is a copy of another module.",
    ReasonCode.FILE_CHANGED: "{file} has changed meanwhile; nothing was written.",
    ReasonCode.FILE_GONE: "{file} is not there any more.",
    ReasonCode.FILE_READ_ONLY: "{file} is read-only.",
    ReasonCode.GENERATED_FILE: "It would change a generated file; name it with --only to do so.",
    ReasonCode.NOT_WORTH_IT: "It is not worth it: {why}",
    ReasonCode.OUTSIDE_WORKSPACE: "It would change {file}, which is outside the workspace.",
    ReasonCode.SEVERAL_FIXES: "There is more than one fix for it; choose with --only.",
    ReasonCode.TESTS_FAIL: "The tests fail with it: {failure}",
    ReasonCode.USER_MUST_JUDGE: "Only a user can judge it; name it with --only.",
}
