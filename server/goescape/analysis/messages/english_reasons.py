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
    ReasonCode.ASSIGNED_IN_LOOP: "`{name}` is assigned in the loop.",
    ReasonCode.DECLARED_IN_LOOP: "`{name}` is declared in the loop.",
    ReasonCode.DIFFERS_AT_END: "`{name}` may have another value at the end of the function.",
    ReasonCode.EITHER_NAME_TAKEN: "`{name}` or `{other}` means something else here.",
    ReasonCode.MAY_CHANGE_MEANWHILE: "`{name}` may change meanwhile.",
    ReasonCode.NAME_MAY_DIFFER: "`{name}` may mean something else where it would be written.",
    ReasonCode.NAME_TAKEN: "`{name}` means something else here.",
    ReasonCode.USED_AFTER_ITERATION: "`{name}` may be used after the iteration.",
    ReasonCode.DEPENDS_ON_BUILD: "What `{name}` does depends on the build.",
    ReasonCode.IS_GENERIC: "`{name}` is generic.",
    ReasonCode.IS_LOOP_VARIABLE: "`{name}` is a loop's variable.",
    ReasonCode.IS_PACKAGE_VARIABLE: "`{name}` belongs to the whole package.",
    ReasonCode.NAME_AMBIGUOUS: "`{name}` stands for more than one thing.",
    ReasonCode.NO_NAME_IS_FREE: "No short name is free.",
    ReasonCode.USES_UNKNOWN: "The uses of `{name}` are not known.",
    # Who calls a function, and how.
    ReasonCode.ARGUMENTS_NOT_PLAIN: "`{call}` passes its arguments in another way.",
    ReasonCode.ASKS_FOR_CALLER: "The function asks who called it.",
    ReasonCode.ASSERTION_IS_TESTED: "`{expression}` also tests whether it holds.",
    ReasonCode.ASSERTIONS_DIFFER: "Not every caller asserts the same type at once.",
    ReasonCode.COMMENT_IN_THE_WAY: "A comment stands in the way.",
    ReasonCode.DOES_MORE_THAN_APPEND: "A caller does more with `{call}` than to append the result.",
    ReasonCode.DOES_MORE_THAN_CALL: (
        "The function does more with `{name}` than to call its methods."
    ),
    ReasonCode.MAY_CALL_ITSELF: "It may call itself, and each call would need the space.",
    ReasonCode.MAY_RUN_TWICE: (
        "It may run twice at the same time: then one would reset the other's."
    ),
    ReasonCode.MANY_STACKS: (
        "It runs in a goroutine of its own, and each would have a larger stack."
    ),
    ReasonCode.NIL_MAY_BE_PASSED: "A caller may pass nil, and `{method}` may need a value.",
    ReasonCode.NOT_CALLED_ON_VARIABLE: "`{call}` is not called on a variable of the type.",
    ReasonCode.PARAMETERS_UNNAMED: "The parameters have no names.",
    ReasonCode.RESULT_NOT_KEPT: "`{call}` is not kept in one new variable.",
    ReasonCode.RESULT_NOT_KEPT_OR_COMPARED: (
        "`{call}` is neither kept in a new variable nor compared with nil."
    ),
    ReasonCode.USED_AS_INTERFACE: "`{call}` is used as an interface.",
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
    ReasonCode.DEFER_RECOVERS: "The deferred function recovers.",
    ReasonCode.DEFER_RUNS_EARLIER: "A deferred call would run earlier.",
    ReasonCode.NIL_IS_NOT_TOLD: "A nil is returned, and nothing beside it surely says so.",
    ReasonCode.RESULT_IN_PARENTHESES: "The result stands in parentheses.",
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
    ReasonCode.DOES_MORE_THAN_FILL: "`{code}` does more than to fill what is returned.",
    ReasonCode.MAY_BE_ANOTHER_OBJECT: "`{name}` may stand for another object later.",
    ReasonCode.MAY_SHARE_PARAMETER: "`{expression}` may share a parameter with the object.",
    ReasonCode.USED_OTHERWISE: "`{expression}` is used in another way.",
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
    ReasonCode.CAPACITY_NOT_CONSTANT: "The capacity is not a constant.",
    ReasonCode.ELEMENTS_MAY_BE_KEPT: "Pointers to elements might be kept.",
    ReasonCode.SLICE_MAY_BE_USED_LATER: (
        "A function literal or a goroutine may still use the slice."
    ),
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
    # Maps.
    ReasonCode.BLOCK_MAY_END_EARLY: "The block may end before the entry is stored back.",
    ReasonCode.ENTRY_NOT_EMPTY: "A new entry is not empty.",
    ReasonCode.LOOP_KEEPS_ENTRY: "A loop keeps an entry in a variable of its own.",
    ReasonCode.MAP_NOT_MADE_HERE: "The map is not made for this alone.",
    ReasonCode.NOT_ONLY_BASIC_FIELDS: "`{expression}` is more than fields of basic types.",
    ReasonCode.USED_BEFORE_STORED: "`{name}` is used before the entry is stored back.",
    # Types and interfaces.
    ReasonCode.DOES_MORE_THAN_MOVE: "`{name}` does more than to move elements.",
    ReasonCode.HOLDS_INTERFACES: "`{type}` holds other interfaces.",
    ReasonCode.MAY_BE_INTERFACE: "`{type}` may be an interface.",
    ReasonCode.NO_VARIABLE_OF_TYPE: "There is no variable of the type `{type}`.",
    ReasonCode.NOT_ONLY_OF_VARIABLES: "`{type}` is more than the type of variables.",
    ReasonCode.TYPE_OF_ANOTHER_PACKAGE: "`{type}` is a type of another package.",
    ReasonCode.UNSET_IS_ZERO: "An element that was never set would be zero instead of nil.",
    ReasonCode.WRITER_MAY_DIFFER: "A writer here may treat WriteString unlike Write.",
    ReasonCode.WRITING_STRINGS_UNKNOWN: "Whether `{type}` writes strings is not known.",
    # Loops, timers, errors and logging.
    ReasonCode.CASE_RUNS_FIRST: "Another case calls a function, or waits, before the timer starts.",
    ReasonCode.ERRORS_ARE_COMPARED: (
        "The package tells errors apart by comparing them with each other."
    ),
    ReasonCode.HANDLER_IS_TOLD: (
        "A handler here does something when it is asked whether a level is on."
    ),
    ReasonCode.ITERATIONS_SHARE_VARIABLES: (
        "Before Go 1.22, all iterations share the variables of the loop."
    ),
    ReasonCode.LEAVES_ITERATION_EARLY: "The body leaves the iteration early.",
    ReasonCode.NEEDED_EARLIER: (
        "A variable of an earlier file is set by code that may need it already."
    ),
    ReasonCode.NOT_IN_EVERY_ITERATION: "Only some iterations of a loop come here.",
    ReasonCode.NOT_READABLE_EARLIER: "`{expression}` may not be read in front of the loop.",
    ReasonCode.OLD_TIMERS: "The program asks for the timers of older versions of Go.",
    ReasonCode.OPERANDS_MAY_DO_MORE: (
        "Its operands may do something, or fail: that would not happen any more."
    ),
    ReasonCode.RESET_LEAVES_VALUES: (
        "Before Go 1.23 in go.mod, Reset leaves what the timer has already sent."
    ),
    ReasonCode.SELECT_DOES_NOT_WAIT: "The select does not wait.",
}
