"""Why a fix is refused or not applied: a code with arguments; catalogues have the sentence.

What decides knows no language: it gives a ``Reason``. What shows it to a user asks the catalogue in
use: ``catalogue.reason(reason)``. A new reason is a member here and a sentence in every catalogue;
``tests/analysis/test_reasons.py`` names what is missing, and calls that do not fill a sentence.
"""

from __future__ import annotations

import enum
from typing import TypeAlias, Union

from attrs import frozen

from goescape.analysis.model import RankReason


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
    IMPORTERS_UNKNOWN = "importers-unknown"
    IMPORTER_DOES_NOT_COMPILE = "importer-does-not-compile"
    INLINED_NO_MORE = "inlined-no-more"
    IN_IMPORTER = "in-importer"
    MIGHT_ALLOCATE = "might-allocate"
    NEEDS_GO = "needs-go"
    NO_BUILD_HAS = "no-build-has"
    NO_MORE_CALLERS_KEEP = "no-more-callers-keep"
    NO_TARGET = "no-target"
    PROOF_TIMED_OUT = "proof-timed-out"
    REWRITE_FAILED = "rewrite-failed"
    STILL_IN_LOOP = "still-in-loop"
    STILL_ON_HEAP = "still-on-heap"
    THE_PACKAGE = "the-package"
    """No reason, but a place: that of what is in no function."""
    TOO_MANY_FIXES = "too-many-fixes"
    TYPE_DIFFERS = "type-differs"
    TYPE_NOT_CONFIRMED = "type-not-confirmed"
    VET_OBJECTS = "vet-objects"
    WOULD_BE_IN_LOOP = "would-be-in-loop"
    WOULD_ESCAPE = "would-escape"

    # Why a fix that holds is not applied.
    BENCHMARKS_FAIL = "benchmarks-fail"
    CANNOT_WRITE = "cannot-write"
    COPY_OF_MODULE = "copy-of-module"
    FILE_CHANGED = "file-changed"
    FILE_GONE = "file-gone"
    FILE_READ_ONLY = "file-read-only"
    GENERATED_FILE = "generated-file"
    MEASURED_MORE = "measured-more"
    MEASURED_SAME = "measured-same"
    NOT_SEEN_ALLOCATING = "not-seen-allocating"
    NOT_WORTH_IT = "not-worth-it"
    OUTSIDE_WORKSPACE = "outside-workspace"
    SEVERAL_FIXES = "several-fixes"
    TESTS_FAIL = "tests-fail"
    TESTS_FAIL_ANYWAY = "tests-fail-anyway"
    USER_MUST_JUDGE = "user-must-judge"

    # Names, and what is known of them.
    ASSIGNED_IN_LOOP = "assigned-in-loop"
    DECLARED_IN_LOOP = "declared-in-loop"
    DEPENDS_ON_BUILD = "depends-on-build"
    DIFFERS_AT_END = "differs-at-end"
    EITHER_NAME_TAKEN = "either-name-taken"
    IS_GENERIC = "is-generic"
    IS_LOOP_VARIABLE = "is-loop-variable"
    IS_PACKAGE_VARIABLE = "is-package-variable"
    MAY_CHANGE_MEANWHILE = "may-change-meanwhile"
    NAME_AMBIGUOUS = "name-ambiguous"
    NAME_MAY_DIFFER = "name-may-differ"
    NAME_TAKEN = "name-taken"
    NO_NAME_IS_FREE = "no-name-is-free"
    USED_AFTER_BRANCH = "used-after-branch"
    USED_AFTER_ITERATION = "used-after-iteration"
    USES_UNKNOWN = "uses-unknown"

    # Who calls a function, and how.
    ARGUMENTS_NOT_PLAIN = "arguments-not-plain"
    ASKS_FOR_CALLER = "asks-for-caller"
    ASSERTIONS_DIFFER = "assertions-differ"
    ASSERTION_IS_TESTED = "assertion-is-tested"
    CALLED_BY_ANOTHER_PACKAGE = "called-by-another-package"
    CALL_INSIDE_CALL = "call-inside-call"
    COMMENT_IN_THE_WAY = "comment-in-the-way"
    DOES_MORE_THAN_APPEND = "does-more-than-append"
    DOES_MORE_THAN_CALL = "does-more-than-call"
    DOT_IMPORTED = "dot-imported"
    EVALUATED_BEFORE = "evaluated-before"
    INLINED_ALREADY = "inlined-already"
    INTERFACE_HAS_METHOD = "interface-has-method"
    INTERFACE_MAY_REQUIRE = "interface-may-require"
    INTERFACE_REQUIRES = "interface-requires"
    LINE_IS_SHARED = "line-is-shared"
    LINKED_BY_NAME = "linked-by-name"
    MANY_STACKS = "many-stacks"
    MAY_BE_CALLED_BY_NAME = "may-be-called-by-name"
    MAY_BE_THIS_METHOD = "may-be-this-method"
    MAY_CALL_ITSELF = "may-call-itself"
    MAY_RUN_TWICE = "may-run-twice"
    MENTIONED_BY_OTHER_BUILDS = "mentioned-by-other-builds"
    NEVER_CALLED = "never-called"
    NIL_MAY_BE_PASSED = "nil-may-be-passed"
    NOT_CALLED_ON_VARIABLE = "not-called-on-variable"
    NO_BODY = "no-body"
    OTHER_PACKAGES_MAY_CALL = "other-packages-may-call"
    OTHER_PACKAGES_MAY_CALL_METHOD = "other-packages-may-call-method"
    PARAMETERS_UNNAMED = "parameters-unnamed"
    PLUGIN_MAY_CALL = "plugin-may-call"
    RESULTS_HANDED_ON = "results-handed-on"
    RESULT_NOT_KEPT = "result-not-kept"
    RESULT_NOT_KEPT_OR_COMPARED = "result-not-kept-or-compared"
    RESULT_NOT_KEPT_OR_READ = "result-not-kept-or-read"
    RESULT_NOT_TESTED = "result-not-tested"
    USABLE_FROM_ELSEWHERE = "usable-from-elsewhere"
    USED_AS_INTERFACE = "used-as-interface"
    USED_AS_VALUE = "used-as-value"
    USED_AS_VALUE_IN = "used-as-value-in"
    USED_UNTESTED = "used-untested"
    VALUES_ARE_HANDED_OUT = "values-are-handed-out"

    # What a function returns.
    CALL_BESIDE_RESULT = "call-beside-result"
    DEFER_CHANGES_RESULT = "defer-changes-result"
    DEFER_MAY_RECOVER = "defer-may-recover"
    DEFER_RECOVERS = "defer-recovers"
    DEFER_RUNS_EARLIER = "defer-runs-earlier"
    LITERAL_USES_OBJECT = "literal-uses-object"
    NIL_IS_NOT_TOLD = "nil-is-not-told"
    NOT_MADE_HERE = "not-made-here"
    RESULT_IN_PARENTHESES = "result-in-parentheses"
    RESULT_IS_NAMED = "result-is-named"
    RETURNED_BY_METHOD = "returned-by-method"
    RETURNS_FROM_LOOP = "returns-from-loop"
    RETURNS_SOMETHING_ELSE = "returns-something-else"
    RETURN_IS_BARE = "return-is-bare"
    SEVERAL_RESULTS = "several-results"

    # What happens to a value or to a pointer.
    DOES_MORE_THAN_FILL = "does-more-than-fill"
    IS_CHANGED = "is-changed"
    IS_COMPARED = "is-compared"
    IS_PART = "is-part"
    KEEPS_POINTER = "keeps-pointer"
    MAY_BE_ANOTHER_OBJECT = "may-be-another-object"
    MAY_BE_CHANGED_BY = "may-be-changed-by"
    MAY_BE_COPIED = "may-be-copied"
    MAY_SHARE_PARAMETER = "may-share-parameter"
    OUTLIVES_STATEMENT = "outlives-statement"
    POINTER_IS_SHARED = "pointer-is-shared"
    SETS_FINALIZERS = "sets-finalizers"
    USED_AS_WHOLE = "used-as-whole"
    USED_OTHERWISE = "used-otherwise"
    USES_UNSAFE = "uses-unsafe"

    # Slices.
    ANOTHER_TYPE = "another-type"
    CAPACITY_IS_SEEN = "capacity-is-seen"
    CAPACITY_MAY_BE_SEEN = "capacity-may-be-seen"
    CAPACITY_NOT_CONSTANT = "capacity-not-constant"
    DECLARED_WITH_OTHERS = "declared-with-others"
    ELEMENTS_MAY_BE_KEPT = "elements-may-be-kept"
    EMPTY_SLICE_IS_NOT_NIL = "empty-slice-is-not-nil"
    MAY_KEEP_SLICE = "may-keep-slice"
    NOT_KNOWN_TO_GIVE_SLICE = "not-known-to-give-slice"
    NOT_PLAIN = "not-plain"
    PARAMETERS_SHARE_TYPE = "parameters-share-type"
    PARAMETER_OF_METHOD = "parameter-of-method"
    SLICES_SHARE_ELEMENTS = "slices-share-elements"
    SLICE_MAY_BE_USED_LATER = "slice-may-be-used-later"

    # Channels.
    CHANNEL_IS_PARAMETER = "channel-is-parameter"
    CHANNEL_IS_PART = "channel-is-part"
    CHANNEL_IS_RETURNED = "channel-is-returned"
    CLOSED_CHANNEL_GIVES_NIL = "closed-channel-gives-nil"
    KEEPS_RECEIVED = "keeps-received"
    MAY_BE_SENT_AGAIN = "may-be-sent-again"
    MAY_KEEP_CHANNEL = "may-keep-channel"
    SENDS_SOMETHING_ELSE = "sends-something-else"
    USED_AFTER_SEND = "used-after-send"

    # Closures.
    ASSIGNED_AFTER_LITERAL = "assigned-after-literal"
    DECLARED_BY_TYPE_SWITCH = "declared-by-type-switch"

    # Maps.
    BLOCK_MAY_END_EARLY = "block-may-end-early"
    ENTRY_NOT_EMPTY = "entry-not-empty"
    LOOP_KEEPS_ENTRY = "loop-keeps-entry"
    MAP_NOT_MADE_HERE = "map-not-made-here"
    NOT_ONLY_BASIC_FIELDS = "not-only-basic-fields"
    USED_BEFORE_STORED = "used-before-stored"

    # Types and interfaces.
    DOES_MORE_THAN_MOVE = "does-more-than-move"
    HOLDS_INTERFACES = "holds-interfaces"
    MAY_BE_INTERFACE = "may-be-interface"
    NOT_ONLY_OF_VARIABLES = "not-only-of-variables"
    NO_VARIABLE_OF_TYPE = "no-variable-of-type"
    TYPE_OF_ANOTHER_PACKAGE = "type-of-another-package"
    UNSET_IS_ZERO = "unset-is-zero"
    WRITER_MAY_DIFFER = "writer-may-differ"
    WRITING_STRINGS_UNKNOWN = "writing-strings-unknown"

    # Loops, timers, errors and logging.
    BODY_BECOMES_FUNCTION = "body-becomes-function"
    CASE_RUNS_FIRST = "case-runs-first"
    ERRORS_ARE_COMPARED = "errors-are-compared"
    HANDLER_IS_TOLD = "handler-is-told"
    ITERATIONS_SHARE_VARIABLES = "iterations-share-variables"
    LEAVES_ITERATION_EARLY = "leaves-iteration-early"
    NEEDED_EARLIER = "needed-earlier"
    NOT_IN_EVERY_ITERATION = "not-in-every-iteration"
    NOT_READABLE_EARLIER = "not-readable-earlier"
    OLD_TIMERS = "old-timers"
    OPERANDS_MAY_DO_MORE = "operands-may-do-more"
    RESET_LEAVES_VALUES = "reset-leaves-values"
    SELECT_DOES_NOT_WAIT = "select-does-not-wait"


Argument: TypeAlias = Union[str, RankReason, "Reason"]
"""Code of the user as it is written, a name, a number; why a finding has its
rank; or what another reason is the reason of."""


@frozen
class Reason:
    """One reason; equal ones say the same."""

    code: ReasonCode
    arguments: tuple[tuple[str, Argument], ...] = ()
    """What the sentence names, by the placeholder's name."""

    @classmethod
    def of(cls, code: ReasonCode, /, **arguments: Argument) -> Reason:
        """The reason with what its sentence names."""
        return cls(code, tuple(sorted(arguments.items(), key=lambda argument: argument[0])))

    @classmethod
    def verbatim(cls, text: str) -> Reason:
        """In the words of Go or of the system, which have no translation."""
        return cls.of(ReasonCode.GO_SAYS, text=text)
