"""The catalogue in English."""

from __future__ import annotations

from goescape.analysis.advice import ADVICE
from goescape.analysis.causes import CAUSES
from goescape.analysis.messages.areas import (
    BenchmarkMessages,
    CheckMessages,
    CompareMessages,
    EditorMessages,
    ExplainMessages,
    FindingMessages,
    FunctionMessages,
    HoverMessages,
    OfferMessages,
    Plural,
    ProfileMessages,
    ProofMessages,
    ReportMessages,
    TellMessages,
)
from goescape.analysis.messages.catalogue import Catalogue
from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.model import RankReason
from goescape.analysis.profiles.unexplained_reason import UnexplainedReason

CATALOGUE = Catalogue(
    name="en",
    locales="en",
    conjunction="and",
    comma=", ",
    pause="; ",
    full_stop=".",
    gap=" ",
    advice=ADVICE,
    causes={cause: record.english for cause, record in CAUSES.items()},
    ranks={
        RankReason.LOOP: "It is in a loop: every turn may allocate.",
        RankReason.LOOP_NOW_AND_THEN: "It is in a loop, but allocates only now and then.",
        RankReason.LOOP_CALLERS: "Its function is called only from loops.",
        RankReason.LARGE: "It is large.",
        RankReason.ORDINARY: "It costs an allocation whenever this code runs.",
        RankReason.INTERFACE: (
            "Interfaces and reflection cost an allocation; outside of loops that is a fair price."
        ),
        RankReason.CHANNEL: (
            "A channel is one allocation; goroutines cost more. Outside of loops that is a fair "
            "price."
        ),
        RankReason.COLD_INIT: "Package initialisation runs once.",
        RankReason.COLD_ONCE: "A `sync.Once` runs this once.",
        RankReason.COLD_MAIN: "This part of `main` runs once.",
        RankReason.COLD_TEST: "This is test code.",
        RankReason.COLD_ERROR: "This runs only when something goes wrong.",
        RankReason.GENERATED: "This file is generated.",
        RankReason.STAYS_WHERE_USED: (
            "Every call in this package is inlined, and the value stays on the stack there."
        ),
        RankReason.DEPENDS: "Whether it allocates depends on values at run time.",
        RankReason.NO_ALLOCATION: "It does not allocate.",
        RankReason.PROFILE_HOT: "The profile has more than 1 % of all allocations here.",
        RankReason.PROFILE_COLD: "The profile never saw this function allocate.",
        RankReason.MARKED_HOT: "The source marks this code as hot.",
        RankReason.CONTRACT: "The source promises that nothing escapes here.",
    },
    steps={
        "return": "returned by {expression}",
        "assign": "assigned in {expression}",
        "assign-pair": "assigned in {expression}",
        "assign-pair-dot-type": "assigned by the type assertion {expression}",
        "key of map put": "becomes a map key in {expression}",
        "map literal key": "becomes a key of {expression}",
        "map literal value": "becomes a value of {expression}",
        "send": "sent on a channel by {expression}",
        "slice-literal-element": "becomes an element of {expression}",
        "array literal element": "becomes an element of {expression}",
        "struct literal element": "becomes a field of {expression}",
        "appendee slice": "its elements are moved by {expression}",
        "appended slice...": "its elements are copied by {expression}",
        "copied slice": "its elements are copied by {expression}",
        "captured by a closure": "{expression} is captured by a function literal",
        "interface-converted": "{expression} is converted to an interface",
        "call parameter": "passed to {expression}",
        "address-of": "its address is taken: {expression}",
        "too large for stack": "{expression} is too large for the stack",
        "too aligned for stack": "{expression} needs an alignment the stack does not give",
        "non-constant size": "the size of {expression} is not a constant",
        "//go:uintptrescapes": "{expression} is pinned for a system call",
        "reflect.Header.Data": "{expression} goes through a reflect header",
        "conversion to unsafe.Pointer": "{expression} becomes an unsafe.Pointer",
    },
    leaks={
        "heap": "the heap",
        "heap (content)": "the heap (what it points to, not itself)",
    },
    notes={},
    fixes={},
    reasons={
        ReasonCode.GO_SAYS: "{text}",
        # Whether a value may be copied.
        ReasonCode.ARRAY_LENGTH_UNKNOWN: "The length of an array is not known here.",
        ReasonCode.COPY_COSTS: "A `{type}` has more than {limit} bytes: copying it costs, too.",
        ReasonCode.COPY_UNKNOWN: "Whether a `{type}` may be copied is not known.",
        ReasonCode.FIELDS_UNKNOWN: "The fields of `{type}` are not known here.",
        ReasonCode.IS_LOCK: "A `{type}` must not be copied.",
        ReasonCode.LINKED_TYPE: (
            "A `{type}` links to others of its kind: they may be told apart by address."
        ),
        ReasonCode.TYPE_DIFFERS_BY_BUILD: "Another build declares `{type}` in another way.",
        # What a proof found.
        ReasonCode.DOES_NOT_COMPILE: "It does not compile: {error}",
        ReasonCode.DOES_NOT_COMPILE_FOR: "It does not compile for {target}: {error}",
        ReasonCode.GO_FAILS_FOR: "For {target}: {error}",
        ReasonCode.IMPORTERS_UNKNOWN: "The packages that import this one are not known: {problem}",
        ReasonCode.IMPORTER_DOES_NOT_COMPILE: "A package that imports this one does not compile.",
        ReasonCode.INLINED_NO_MORE: (
            "{function} would be inlined no more: its callers cannot keep what it allocates."
        ),
        ReasonCode.IN_IMPORTER: "In a package that imports this one: {reason}",
        ReasonCode.MIGHT_ALLOCATE: "`{subject}` in {where} might allocate then.",
        ReasonCode.NEEDS_GO: "It needs Go {version}.",
        ReasonCode.NO_BUILD_HAS: "No build is known that has {file}.",
        ReasonCode.NO_MORE_CALLERS_KEEP: "No more callers would keep `{subject}` on their stack.",
        ReasonCode.NO_TARGET: "It has no target.",
        ReasonCode.PROOF_TIMED_OUT: "The proof took over {seconds} s.",
        ReasonCode.REWRITE_FAILED: (
            "This fix failed on the file by a fault of goescape ({error}). Please report it."
        ),
        ReasonCode.STILL_IN_LOOP: "`{subject}` would still be in the loop.",
        ReasonCode.STILL_ON_HEAP: "`{subject}` would still be on the heap.",
        ReasonCode.THE_PACKAGE: "the package",
        ReasonCode.TOO_MANY_FIXES: (
            "Only {most} fixes of a file are tried; save it nearer to this one."
        ),
        ReasonCode.TYPE_DIFFERS: "`{expression}` is of type `{type}`, not `{wanted}`.",
        ReasonCode.TYPE_NOT_CONFIRMED: "`{expression}` is not known to be of type `{wanted}`.",
        ReasonCode.VET_OBJECTS: "go vet objects: {complaint}",
        ReasonCode.WOULD_BE_IN_LOOP: "`{subject}` in {where} would be in a loop.",
        ReasonCode.WOULD_ESCAPE: "It would make `{subject}` escape in {where}.",
        # Why a fix that holds is not applied.
        ReasonCode.CANNOT_WRITE: "{file} cannot be written ({error}).",
        ReasonCode.COPY_OF_MODULE: "It would change {file}, which is a copy of another module.",
        ReasonCode.FILE_CHANGED: "{file} has changed meanwhile; nothing was written.",
        ReasonCode.FILE_GONE: "{file} is not there any more.",
        ReasonCode.FILE_READ_ONLY: "{file} is read-only.",
        ReasonCode.GENERATED_FILE: "It would change a generated file.",
        ReasonCode.BENCHMARKS_FAIL: "The benchmarks fail with it: {failure}",
        ReasonCode.MEASURED_MORE: "{benchmark} allocates more with it: {before} to {after} {unit}.",
        ReasonCode.MEASURED_SAME: "No benchmark allocates less with it.",
        ReasonCode.NOT_SEEN_ALLOCATING: "The profile shows no allocation there.",
        ReasonCode.NOT_WORTH_IT: "It is not worth it: {why}",
        ReasonCode.OUTSIDE_WORKSPACE: "It would change {file}, which is outside the workspace.",
        ReasonCode.SEVERAL_FIXES: "There is more than one fix for it; choose with --only.",
        ReasonCode.TESTS_FAIL: "The tests fail with it: {failure}",
        ReasonCode.TESTS_FAIL_ANYWAY: "The tests fail with it and without it: {failure}",
        ReasonCode.USER_MUST_JUDGE: "Only a user can judge it; name it with --only.",
        # Names, and what is known of them.
        ReasonCode.ASSIGNED_IN_LOOP: "`{name}` is assigned in the loop.",
        ReasonCode.DECLARED_IN_LOOP: "`{name}` is declared in the loop.",
        ReasonCode.DEPENDS_ON_BUILD: "What `{name}` does depends on the build.",
        ReasonCode.DIFFERS_AT_END: "`{name}` may have another value at the end of the function.",
        ReasonCode.EITHER_NAME_TAKEN: "`{name}` or `{other}` means something else here.",
        ReasonCode.IS_GENERIC: "`{name}` is generic.",
        ReasonCode.IS_LOOP_VARIABLE: "`{name}` is a loop's variable.",
        ReasonCode.IS_PACKAGE_VARIABLE: "`{name}` belongs to the whole package.",
        ReasonCode.MAY_CHANGE_MEANWHILE: "`{name}` may change meanwhile.",
        ReasonCode.NAME_AMBIGUOUS: "`{name}` stands for more than one thing.",
        ReasonCode.NAME_MAY_DIFFER: "`{name}` may mean something else where it would be written.",
        ReasonCode.NAME_TAKEN: "`{name}` means something else here.",
        ReasonCode.NO_NAME_IS_FREE: "No short name is free.",
        ReasonCode.USED_AFTER_BRANCH: "`{name}` is used after the branch.",
        ReasonCode.USED_AFTER_ITERATION: "`{name}` may be used after the iteration.",
        ReasonCode.USES_UNKNOWN: "The uses of `{name}` are not known.",
        # Who calls a function, and how.
        ReasonCode.ARGUMENTS_NOT_PLAIN: "`{call}` passes its arguments in another way.",
        ReasonCode.ASKS_FOR_CALLER: "The function asks who called it.",
        ReasonCode.ASSERTIONS_DIFFER: "Not every caller asserts the same type at once.",
        ReasonCode.ASSERTION_IS_TESTED: "`{expression}` also tests whether it holds.",
        ReasonCode.CALLED_BY_ANOTHER_PACKAGE: "`{name}` is called in {place}, in another package.",
        ReasonCode.CALL_INSIDE_CALL: "A call stands inside another one that changes, too.",
        ReasonCode.COMMENT_IN_THE_WAY: "A comment stands in the way.",
        ReasonCode.DOES_MORE_THAN_APPEND: (
            "A caller does more with `{call}` than append the result."
        ),
        ReasonCode.DOES_MORE_THAN_CALL: (
            "The function does more with `{name}` than call its methods."
        ),
        ReasonCode.DOT_IMPORTED: "Another package imports `{name}` without its package's name.",
        ReasonCode.EVALUATED_BEFORE: "Something may be evaluated before `{call}`.",
        ReasonCode.INLINED_ALREADY: (
            "The function is inlined where it is called: nothing would be gained."
        ),
        ReasonCode.INTERFACE_HAS_METHOD: "The interface `{interface}` requires a method `{name}`.",
        ReasonCode.INTERFACE_MAY_REQUIRE: "An exported method may be required by an interface.",
        ReasonCode.INTERFACE_REQUIRES: "An interface requires `{name}`.",
        ReasonCode.LINE_IS_SHARED: "Several statements share a line.",
        ReasonCode.LINKED_BY_NAME: "`{name}` is linked by name.",
        ReasonCode.MANY_STACKS: (
            "It runs in a goroutine of its own, and each would have a larger stack."
        ),
        ReasonCode.MAY_BE_CALLED_BY_NAME: (
            "{file} may call exported methods by their names, through reflection."
        ),
        ReasonCode.MAY_BE_THIS_METHOD: "`{name}` in {place} may be this method.",
        ReasonCode.MAY_CALL_ITSELF: "It may call itself, and each call would need the space.",
        ReasonCode.MAY_RUN_TWICE: (
            "It may run twice at the same time: then one would reset the other's."
        ),
        ReasonCode.MENTIONED_BY_OTHER_BUILDS: "Files of other builds mention `{name}`.",
        ReasonCode.NEVER_CALLED: "Nothing calls the function.",
        ReasonCode.NIL_MAY_BE_PASSED: "A caller may pass nil, and `{method}` may need a value.",
        ReasonCode.NOT_CALLED_ON_VARIABLE: "`{call}` is not called on a variable of the type.",
        ReasonCode.NO_BODY: "The function has no body here.",
        ReasonCode.OTHER_PACKAGES_MAY_CALL: "Other packages may call an exported function.",
        ReasonCode.OTHER_PACKAGES_MAY_CALL_METHOD: "Other packages may call an exported method.",
        ReasonCode.PARAMETERS_UNNAMED: "The parameters have no names.",
        ReasonCode.PLUGIN_MAY_CALL: "A plugin may be asked for an exported function.",
        ReasonCode.RESULTS_HANDED_ON: "`{call}` hands its results on.",
        ReasonCode.RESULT_NOT_KEPT: "`{call}` is not kept in one new variable.",
        ReasonCode.RESULT_NOT_KEPT_OR_COMPARED: (
            "`{call}` is neither kept in a new variable nor compared with nil."
        ),
        ReasonCode.RESULT_NOT_KEPT_OR_READ: (
            "`{call}` is neither kept in a new variable nor read at once."
        ),
        ReasonCode.RESULT_NOT_TESTED: "A caller does not test the result at once.",
        ReasonCode.USABLE_FROM_ELSEWHERE: "`{name}` can be used from elsewhere.",
        ReasonCode.USED_AS_INTERFACE: "`{call}` is used as an interface.",
        ReasonCode.USED_AS_VALUE: "`{name}` is used as a value.",
        ReasonCode.USED_AS_VALUE_IN: "`{name}` is used as a value in {place}.",
        ReasonCode.USED_UNTESTED: "A caller uses `{name}` even when there is no value.",
        ReasonCode.VALUES_ARE_HANDED_OUT: "Values of internal packages are handed out in {place}.",
        # What a function returns.
        ReasonCode.CALL_BESIDE_RESULT: (
            "A call beside the returned pointer could still change the object."
        ),
        ReasonCode.DEFER_CHANGES_RESULT: "A deferred call may still change what is returned.",
        ReasonCode.DEFER_MAY_RECOVER: "A deferred call may recover, and then the result is nil.",
        ReasonCode.DEFER_RECOVERS: "The deferred function recovers.",
        ReasonCode.DEFER_RUNS_EARLIER: "A deferred call would run earlier.",
        ReasonCode.LITERAL_USES_OBJECT: "A function literal uses the object.",
        ReasonCode.NIL_IS_NOT_TOLD: "A nil is returned, and no other result reliably says so.",
        ReasonCode.NOT_MADE_HERE: "`{expression}` need not be an object that this function made.",
        ReasonCode.RESULT_IN_PARENTHESES: "The result stands in parentheses.",
        ReasonCode.RESULT_IS_NAMED: "The function names its result.",
        ReasonCode.RETURNED_BY_METHOD: "A method or a closure returns `{name}`.",
        ReasonCode.RETURNS_FROM_LOOP: (
            "The function returns from a loop over something that refers to the object."
        ),
        ReasonCode.RETURNS_SOMETHING_ELSE: "`{name}` returns something else, too.",
        ReasonCode.RETURN_IS_BARE: "A return statement leaves open what it returns.",
        ReasonCode.SEVERAL_RESULTS: "`{code}` gives several results at once.",
        # What happens to a value or to a pointer.
        ReasonCode.DOES_MORE_THAN_FILL: "`{code}` does more than fill what is returned.",
        ReasonCode.IS_CHANGED: "`{expression}` is changed.",
        ReasonCode.IS_COMPARED: "`{expression}` is compared.",
        ReasonCode.IS_PART: "`{expression}` is part of something else.",
        ReasonCode.KEEPS_POINTER: "`{code}` keeps the pointer, or assigns another one.",
        ReasonCode.MAY_BE_ANOTHER_OBJECT: "`{name}` may stand for another object later.",
        ReasonCode.MAY_BE_COPIED: "`{expression}` may copy a `{type}`.",
        ReasonCode.MAY_BE_CHANGED_BY: "`{expression}` may change it.",
        ReasonCode.MAY_SHARE_PARAMETER: "`{expression}` may share a parameter with the object.",
        ReasonCode.OUTLIVES_STATEMENT: "`{name}` outlives the statement.",
        ReasonCode.POINTER_IS_SHARED: "`{expression}` is a pointer that other code may hold.",
        ReasonCode.SETS_FINALIZERS: (
            "The package sets finalizers or makes weak pointers: they need objects of their own."
        ),
        ReasonCode.USED_AS_WHOLE: "`{expression}` is used as a whole.",
        ReasonCode.USED_OTHERWISE: "`{expression}` is used in another way.",
        ReasonCode.USES_UNSAFE: "The file uses unsafe.",
        # Slices.
        ReasonCode.ANOTHER_TYPE: "`{type}` is another type.",
        ReasonCode.CAPACITY_IS_SEEN: "What follows may see the capacity.",
        ReasonCode.CAPACITY_MAY_BE_SEEN: (
            "It is handed on, and something here may see the capacity of what it gets."
        ),
        ReasonCode.CAPACITY_NOT_CONSTANT: "The capacity is not a constant.",
        ReasonCode.DECLARED_WITH_OTHERS: "`{name}` is declared together with others.",
        ReasonCode.ELEMENTS_MAY_BE_KEPT: "Pointers to elements might be kept.",
        ReasonCode.EMPTY_SLICE_IS_NOT_NIL: (
            "Some code may tell the empty slice from nil, which it was without a single append."
        ),
        ReasonCode.MAY_KEEP_SLICE: "`{code}` may keep the slice.",
        ReasonCode.NOT_KNOWN_TO_GIVE_SLICE: "`{call}` is not known to give such a slice.",
        ReasonCode.NOT_PLAIN: "`{expression}` is not plain enough to follow.",
        ReasonCode.PARAMETERS_SHARE_TYPE: "Several parameters share a type in `{code}`.",
        ReasonCode.PARAMETER_OF_METHOD: "`{name}` is a parameter of a method or a closure.",
        ReasonCode.SLICES_SHARE_ELEMENTS: (
            "`{code}` may leave two slices that share their elements."
        ),
        ReasonCode.SLICE_MAY_BE_USED_LATER: (
            "A function literal or a goroutine may still use the slice."
        ),
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
        ReasonCode.DOES_MORE_THAN_MOVE: "`{name}` does more than move elements.",
        ReasonCode.HOLDS_INTERFACES: "`{type}` holds other interfaces.",
        ReasonCode.MAY_BE_INTERFACE: "`{type}` may be an interface.",
        ReasonCode.NOT_ONLY_OF_VARIABLES: "`{type}` is more than the type of variables.",
        ReasonCode.NO_VARIABLE_OF_TYPE: "There is no variable of the type `{type}`.",
        ReasonCode.TYPE_OF_ANOTHER_PACKAGE: "`{type}` is a type of another package.",
        ReasonCode.UNSET_IS_ZERO: "An element that was never set would be zero instead of nil.",
        ReasonCode.WRITER_MAY_DIFFER: "A writer here may treat WriteString unlike Write.",
        ReasonCode.WRITING_STRINGS_UNKNOWN: "Whether `{type}` writes strings is not known.",
        # Loops, timers, errors and logging.
        ReasonCode.BODY_BECOMES_FUNCTION: (
            "The body of the loop would become a function, and it defers or recovers."
        ),
        ReasonCode.CASE_RUNS_FIRST: (
            "Another case calls a function, or waits, before the timer starts."
        ),
        ReasonCode.ERRORS_ARE_COMPARED: (
            "The package tells errors apart by comparing them with each other."
        ),
        ReasonCode.HANDLER_IS_TOLD: (
            "A handler here does something when asked whether a level is on."
        ),
        ReasonCode.ITERATIONS_SHARE_VARIABLES: (
            "Before Go 1.22, all iterations share the variables of the loop."
        ),
        ReasonCode.LEAVES_ITERATION_EARLY: "The body leaves the iteration early.",
        ReasonCode.NEEDED_EARLIER: (
            "A variable of an earlier file is set by code that may need it already."
        ),
        ReasonCode.NOT_IN_EVERY_ITERATION: "Only some iterations of a loop come here.",
        ReasonCode.NOT_READABLE_EARLIER: "`{expression}` cannot safely be read before the loop.",
        ReasonCode.OLD_TIMERS: "The program asks for the timers of older versions of Go.",
        ReasonCode.OPERANDS_MAY_DO_MORE: (
            "The operands may have effects, or fail, and would not be evaluated any more."
        ),
        ReasonCode.RESET_LEAVES_VALUES: (
            "Before Go 1.23 in go.mod, Reset leaves what the timer has already sent."
        ),
        ReasonCode.SELECT_DOES_NOT_WAIT: "The select does not wait.",
    },
    finding=FindingMessages(
        what_variable="{subject} moves to the heap",
        what_expression="{subject} is allocated on the heap",
        what_closure="this function literal is allocated on the heap",
        what_loop_body="the body of this loop over a function is a closure on the heap",
        what_method_value="the method value {subject} is allocated on the heap",
        what_append="the array that {subject} grows into is on the heap",
        what_boxed="{subject} is copied to the heap",
        what_arguments="the slice for this call's arguments is allocated on the heap",
        what_loop_state=(
            "the hidden state of this loop over a function is on the heap: the closure of the loop "
            "body shares it"
        ),
        why_loop_state=(
            "The compiler keeps for a loop over a function whether it still runs, and how it was "
            "left. The loop body is a closure, and what the iterator does with that is not known "
            "here: what both of them use must be on the heap."
        ),
        helps_loop_state=(
            "Range over a function that can be inlined here: then neither a closure nor this state "
            "is needed."
        ),
        ignore_loop_state="It is one small allocation for the loop, however often it turns.",
        what_temporary="a temporary copy is made on the heap",
        used_by_go="a `go` statement goes on with it after this call",
        used_by_defer="a `defer` in a loop keeps it until the function ends",
        map_of_many_entries="it is made for more than 8 entries",
        map_of_large_elements="its key or value has more than 128 bytes",
        stored_in_slice="a slice whose array is on the heap",
        some_return="a `return`",
        stays_but_may_allocate="{subject} is {note}",
        no_allocation="no allocation: {what} only in the compiler's words",
        inlined="it is part of `{function}`, inlined here",
        in_loop="in a loop",
        more="{count} more",
        package_level="package level",
        other_functions="{count} other functions",
        copies_escape="also on the heap where inlined into {callers}",
        copies_stay="stays on the stack in {calls}",
        copies_may_allocate="stays on the stack in {calls} only while it is small",
        copies_both="escapes when called from {callers}, stays on the stack in {calls}",
        inlined_calls=Plural("{count} inlined calls", one="one inlined call"),
        label="heap: {cause}",
        label_no_allocation="no allocation",
        label_may_allocate="heap if large",
        why_inlined="The allocation is part of `{function}`, which the compiler inlined here.",
        why_no_allocation="The compiler says that it escapes, but nothing is allocated: {note}.",
        why_stays_but_may_allocate="It does not escape, so it is {note}.",
        why_stays_where_inlined_but_may_allocate=(
            "Every call of its function is inlined, and it does not escape there, so it is {note}."
        ),
        stays_on_the_stack="{subject} stays on the stack.",
    ),
    function=FunctionMessages(
        parameter_stays="{name} does not escape: callers may pass values on their stack.",
        parameter_leaks="{name} leaks to {places}.",
        parameter_consequence="What callers pass is forced onto the heap.",
        inlinable="Can be inlined ({detail}).",
        not_inlinable="Cannot be inlined: {detail}.",
        allocations=Plural("{count} heap allocations", one="{count} heap allocation"),
        allocations_inlined="{count}, {more} more in what is inlined here",
        allocations_without_escape="{count}, {more} more without an escape",
        allocations_all_in_loops="{count} in a loop",
        allocations_some_in_loops="{count}, {loops} in a loop",
    ),
    offer=OfferMessages(
        why_escape="Why does this escape?",
        why_escapes="Why does {subject} escape?",
        generated_file="this file is generated: change its generator, too",
        leave_it="Leave it: {reason} ({question})",
        look_at_this="look at this: {what}",
        apply_and_test="Apply and test: {title} (runs the package's tests first)",
        apply_and_measure="Apply and measure: {title} (runs the package's benchmarks first)",
        apply_all="Apply all proved fixes of this file ({proof})",
    ),
    proof=ProofMessages(
        gone="removes {count}",
        out_of_loop="moves {count} out of the loop",
        stays_at_calls="keeps {count} on the stack of the callers",
        on_branch="makes {count} only when the branch is taken",
        guarded="makes {count} only while the level is on",
        unseen="saves an allocation that the compiler does not print",
        instead="{subjects} instead",
        files=Plural("{count} files", one="{count} file"),
        callers=Plural("{count} callers", one="{count} caller"),
        go="checked with {go}",
    ),
    profile=ProfileMessages(
        objects=Plural("{count} objects", one="{count} object"),
        amount="{size}, {objects}",
        share="{amount}, {percent} of all allocations",
        share_by_number="{amount}, {percent} of all allocated objects",
        percent_by_number="{percent} of objects",
        share_approximate="{share} (approximate: the code has changed)",
        less_than="less than {percent}",
        in_function="{what}, in {function}",
        called_from="{function}, called from {place}",
        top="Top allocations of {name} ({amount})",
        explained="{percent} of what these packages allocated has a finding or another reason",
        more="and {count} more{everything}",
        empty="Nothing that was allocated is in the profile.",
        unexplained={
            UnexplainedReason.MAP: "a map grows here",
            UnexplainedReason.APPEND: "append grows an array that is on the heap already",
            UnexplainedReason.CHANNEL: "a channel is always on the heap",
            UnexplainedReason.GOROUTINE: "a new goroutine needs a stack",
            UnexplainedReason.DEFER: "a deferred call in a loop is kept on the heap",
            UnexplainedReason.RUNTIME: "the runtime allocates for itself",
            UnexplainedReason.STACK: "it stays on the stack only while it is small",
            UnexplainedReason.OTHER_PACKAGE: "the code of another package allocates",
            UnexplainedReason.UNKNOWN: (
                "the compiler reports nothing here: the code or the build flags were others when "
                "the profile was taken"
            ),
        },
    ),
    bench=BenchmarkMessages(
        names_and_more="{names} and {count} more",
        wrote_files="Files were written while the benchmarks of {package} ran, and stay: {names}.",
        run="run benchmark",
        run_again="{result}: run benchmark again",
        parts="at most {result} in {count} sub-benchmarks",
    ),
    check=CheckMessages(
        summary="{total} in {packages} ({told})",
        summary_nothing="{total} in {packages} ({told})",
        sites=Plural("{count} allocation sites", one="{count} allocation site"),
        new_sites=Plural("{count} new allocation sites", one="{count} new allocation site"),
        no_sites="Nothing found",
        no_new_sites="Nothing new",
        packages=Plural("{count} packages", one="{count} package"),
        log="a log",
        most="most in {files}",
        known="{count} known before not shown",
        hidden="{count} below --min-severity not shown",
        decided="decided in {place}",
        not_analysed="not analysed",
        failures="... and {count} more; --format json has all of them.",
    ),
    explain=ExplainMessages(
        why="Why",
        steps="Steps",
        helps="What helps",
        ignore="When to ignore it",
        rank="Rank",
        compiler="The compiler says",
        nothing="{place}: nothing here goes to the heap.",
    ),
    compare=CompareMessages(
        gone="gone",
        instead="instead",
        new="new",
        line="line {line}",
        moved="moved {place}: {subject} ({before} before)",
        more="moved {count} more",
        since="Allocation sites since {revision}",
        total="{title}: {gone} gone, {new} new, {moved} moved, {same} where they were",
        total_instead=(
            "{title}: {gone} gone, {instead} instead of them, {new} new, {moved} moved, "
            "{same} where they were"
        ),
        only_before=": only before",
        only_now=": only now",
        from_nothing="from nothing",
        chance_few=(
            "Whether that is chance cannot be told from so few runs: ask for --count 4 or more."
        ),
        chance_unknown="Whether that is chance is not known: pip install 'goescape[bench]'.",
    ),
    hover=HoverMessages(
        profile="Profile:",
        helps="What helps:",
        fixes="Proved to help:",
        ignore="When to ignore it:",
        more="and {count} more here",
        waiting="The package does not compile now; this is from before.",
    ),
    editor=EditorMessages(
        compiler_silent="The compiler says nothing about this package.",
        file_excluded="no escape analysis here: {why}",
        file_waits="escape analysis waits: the package does not compile",
        on_line="line {line}: {message}",
        status_analysing="analysing {what}",
        status_does_not_compile="{package} does not compile",
        status_does_not_compile_why="{package} does not compile: {why}",
        status_paused="the analysis of the workspace is paused",
        which_allocation="Which allocation?",
        work_benchmark="benchmark: {names}",
        work_packages="{first} and {count} more",
        work_testing="testing: {fix}",
        work_measuring="measuring: {fix}",
    ),
    tell=TellMessages(
        benchmark_runs="a benchmark runs already; wait for it, or cancel it.",
        benchmarks="{package} has {names}; name one of them.",
        failed_inside=(
            "something inside goescape failed. Findings may come later than usual; please report "
            "the error that is in goescape's log."
        ),
        fix_fails="the fix was not applied, its tests fail: {why}",
        fix_not_kept="the fix was not applied: {why}",
        fix_measured="the fix was applied: {benchmark} went from {before} to {after} allocs/op.",
        fix_is_old="the code has changed since this fix was proved; save the file and ask again.",
        fix_refused="the editor did not apply the fix.",
        name_a_profile="name the file of a heap profile, as `go test -memprofile` writes it.",
        no_benchmarks="no benchmarks",
        no_profile="no profile {name} is loaded; loaded: {loaded}.",
        none="none is",
        not_ready="not ready yet; try again in a moment.",
        open_a_file="open a Go file first, or name one by its URI.",
        open_a_folder="open a folder first.",
        open_benchmarks=(
            "open a Go file with benchmarks first, and name one of them or a line of it."
        ),
        other_program=(
            "{name} ({amount}) has nothing of the packages that were analysed; most of it is of "
            "{other}."
        ),
        written="files were written meanwhile, and stay: {names}.",
    ),
    report=ReportMessages(
        title="Heap allocations of {name}",
        about=Plural(
            "{count} packages analysed with {go}", one="{count} package analysed with {go}"
        ),
        open_files="open files",
        nothing="No allocations were found in what was analysed so far.",
        total="allocation sites",
        warning="in a loop, or large",
        information="ordinary",
        hint="of little weight",
        trend="{new} new, {gone} gone since {name}",
        waiting="Waiting: does not compile",
        where="Where it is",
        map=(
            "By {measure}: packages, and their functions inside. The darker, the more of it is in "
            "loops, large or hot."
        ),
        sites_measure="allocation sites",
        bytes_measure="bytes in the profile",
        top="Top allocations",
        allocated="Allocated",
        what="Where, and what",
        packages="Packages",
        functions="Functions",
        causes="Causes",
        sites="Sites",
        order="What matters most first, each with its way to the heap{more}.",
        more_sites="; {count} more are not shown",
        more_rows="and {count} more",
        new="new",
        fixes="Fixes that may fit",
        fixes_note=(
            "Found by syntax alone. A fix is offered in its file when the compiler has proved it."
        ),
    ),
)
