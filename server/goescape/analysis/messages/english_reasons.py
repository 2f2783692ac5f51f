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
    # Names, and what is known of them.
    ReasonCode.DEPENDS_ON_BUILD: "What `{name}` does depends on the build.",
    ReasonCode.IS_GENERIC: "`{name}` is generic.",
    ReasonCode.IS_LOOP_VARIABLE: "`{name}` is a loop's variable.",
    ReasonCode.IS_PACKAGE_VARIABLE: "`{name}` belongs to the whole package.",
    ReasonCode.NAME_AMBIGUOUS: "`{name}` stands for more than one thing.",
    ReasonCode.NO_NAME_IS_FREE: "No short name is free.",
    ReasonCode.USES_UNKNOWN: "The uses of `{name}` are not known.",
    # Who calls a function, and how.
    ReasonCode.CALL_INSIDE_CALL: "A call stands inside another one that changes, too.",
    ReasonCode.DOT_IMPORTED: "Another package imports `{name}` without its package's name.",
    ReasonCode.EVALUATED_BEFORE: "Something may be evaluated before `{call}`.",
    ReasonCode.INLINED_ALREADY: (
        "The function is inlined where it is called: nothing would be gained."
    ),
    ReasonCode.INTERFACE_MAY_REQUIRE: "An exported method may be required by an interface.",
    ReasonCode.INTERFACE_REQUIRES: "An interface requires `{name}`.",
    ReasonCode.LINE_IS_SHARED: "Several statements share a line.",
    ReasonCode.LINKED_BY_NAME: "`{name}` is linked by name.",
    ReasonCode.MENTIONED_BY_OTHER_BUILDS: "Files of other builds mention `{name}`.",
    ReasonCode.NEVER_CALLED: "Nothing calls the function.",
    ReasonCode.NO_BODY: "The function has no body here.",
    ReasonCode.OTHER_PACKAGES_MAY_CALL: "Other packages may call an exported function.",
    ReasonCode.PLUGIN_MAY_CALL: "A plugin may be asked for an exported function.",
    ReasonCode.RESULT_NOT_KEPT_OR_READ: (
        "`{call}` is neither kept in a new variable nor read at once."
    ),
    ReasonCode.RESULT_NOT_TESTED: "A caller does not test the result at once.",
    ReasonCode.RESULTS_HANDED_ON: "`{call}` hands its results on.",
    ReasonCode.USABLE_FROM_ELSEWHERE: "`{name}` can be used from elsewhere.",
    ReasonCode.USED_AS_VALUE: "`{name}` is used as a value.",
    ReasonCode.USED_UNTESTED: "A caller uses `{name}` also when there is none.",
    # What a function returns.
    ReasonCode.CALL_BESIDE_RESULT: (
        "A call beside the returned pointer could still change the object."
    ),
    ReasonCode.DEFER_CHANGES_RESULT: "A deferred call may still change what is returned.",
    ReasonCode.DEFER_MAY_RECOVER: "A deferred call may recover, and then the result is nil.",
    ReasonCode.LITERAL_USES_OBJECT: "A function literal uses the object.",
    ReasonCode.NOT_MADE_HERE: "`{expression}` need not be an object that this function made.",
    ReasonCode.RESULT_IS_NAMED: "The function names its result.",
    ReasonCode.RETURN_IS_BARE: "A return statement leaves open what it returns.",
    ReasonCode.RETURNED_BY_METHOD: "A method or a closure returns `{name}`.",
    ReasonCode.RETURNS_FROM_LOOP: (
        "The function returns from a loop over something that knows the object."
    ),
    ReasonCode.RETURNS_SOMETHING_ELSE: "`{name}` returns something else, too.",
    ReasonCode.SEVERAL_RESULTS: "`{code}` gives several results at once.",
    # What happens to a value or to a pointer.
    ReasonCode.IS_CHANGED: "`{expression}` is changed.",
    ReasonCode.IS_COMPARED: "`{expression}` is compared.",
    ReasonCode.IS_PART: "`{expression}` is a part of something else.",
    ReasonCode.KEEPS_POINTER: "`{code}` keeps the pointer, or assigns another one.",
    ReasonCode.MAY_BE_CHANGED_BY: "`{expression}` may change it.",
    ReasonCode.OUTLIVES_STATEMENT: "`{name}` outlives the statement.",
    ReasonCode.POINTER_IS_SHARED: "`{expression}` is a pointer that somebody else may have.",
    ReasonCode.USED_AS_WHOLE: "`{expression}` is used as a whole.",
    ReasonCode.USES_UNSAFE: "The file uses unsafe.",
    # Slices.
    ReasonCode.ANOTHER_TYPE: "`{type}` is another type.",
    ReasonCode.CAPACITY_IS_SEEN: "What follows may see the capacity.",
    ReasonCode.CAPACITY_MAY_BE_SEEN: (
        "It is handed on, and something here may see the capacity of what it gets."
    ),
    ReasonCode.DECLARED_WITH_OTHERS: "`{name}` is declared together with others.",
    ReasonCode.EMPTY_SLICE_IS_NOT_NIL: (
        "Someone may tell the empty slice from nil, which it was without a single append."
    ),
    ReasonCode.MAY_KEEP_SLICE: "`{code}` may keep the slice.",
    ReasonCode.NOT_KNOWN_TO_GIVE_SLICE: "`{call}` is not known to give such a slice.",
    ReasonCode.NOT_PLAIN: "`{expression}` is not plain enough to follow.",
    ReasonCode.PARAMETER_OF_METHOD: "`{name}` is a parameter of a method or a closure.",
    ReasonCode.PARAMETERS_SHARE_TYPE: "Several parameters share a type in `{code}`.",
    ReasonCode.SLICES_SHARE_ELEMENTS: "`{code}` may leave two slices that share their elements.",
    # Channels.
    ReasonCode.CHANNEL_IS_PARAMETER: "A method or a function type takes such a channel.",
    ReasonCode.CHANNEL_IS_PART: "Such a channel is part of another type, or made elsewhere.",
    ReasonCode.CHANNEL_IS_RETURNED: "A function returns such a channel.",
    ReasonCode.CLOSED_CHANNEL_GIVES_NIL: (
        "Receiving from a closed channel gives nil, which may be seen."
    ),
    ReasonCode.KEEPS_RECEIVED: "`{code}` keeps what it receives.",
    ReasonCode.MAY_BE_SENT_AGAIN: "`{name}` may be sent several times.",
    ReasonCode.MAY_KEEP_CHANNEL: "`{code}` may keep the channel.",
    ReasonCode.SENDS_SOMETHING_ELSE: "`{code}` sends something else.",
    ReasonCode.USED_AFTER_SEND: "`{name}` is used after it was sent.",
    # Closures.
    ReasonCode.ASSIGNED_AFTER_LITERAL: (
        "`{name}` may be assigned after the function literal is made."
    ),
    ReasonCode.DECLARED_BY_TYPE_SWITCH: "`{name}` is declared by a type switch.",
}
