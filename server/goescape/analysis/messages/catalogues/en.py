"""The catalogue in English."""

from __future__ import annotations

from goescape.analysis.messages.areas import (
    BenchmarkMessages,
    CauseMessages,
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
from goescape.analysis.messages.english_reasons import ENGLISH_REASONS
from goescape.analysis.model import Cause, RankReason
from goescape.analysis.profiles.unexplained import UnexplainedReason

CATALOGUE = Catalogue(
    name="en",
    locales="en",
    conjunction="and",
    comma=", ",
    pause="; ",
    full_stop=".",
    gap=" ",
    causes={
        Cause.RETURNED: CauseMessages(
            label="returned",
            message="{what}: {step} hands it to the caller",
            why=(
                "{what} lives on after its function returns, but a function's stack frame does "
                "not: the value must be on the heap."
            ),
            helps=(
                "Return the value itself: copying up to about 2 KiB is cheaper than an allocation. "
                "Or let the caller pass the memory in."
            ),
            ignore="The value is large, is shared or must keep its identity.",
        ),
        Cause.CAPTURED: CauseMessages(
            label="captured",
            message="{what}: captured by the function literal at line {line}",
            why=(
                "A function literal uses {what} and may run after this function has returned, so "
                "both share the variable on the heap."
            ),
            helps=(
                "Pass the value as a parameter, or copy it to a new variable that the literal uses "
                "and nobody changes."
            ),
            ignore="The literal is made seldom, or the variable must be shared.",
        ),
        Cause.STORED: CauseMessages(
            label="stored",
            message="{what}: stored in {destination}",
            why=(
                "{what} is stored where it can be reached after this function returns: in a "
                "global, behind a pointer, in a map, slice, channel or a variable that lives "
                "longer."
            ),
            helps=(
                "Store the value instead of a pointer to it, or reuse one object for several "
                "rounds."
            ),
            ignore="The value has to live that long: then the heap is its place.",
            somewhere="something that outlives this call",
        ),
        Cause.INTERFACE: CauseMessages(
            label="interface",
            message="{what}: converted to an interface{destination}",
            why=(
                "An interface holds a pointer to its value. To put {what} into one, the value is "
                "copied to memory of its own, and that memory outlives this call."
            ),
            helps=(
                "Use a concrete type or a type parameter; `strconv` instead of `fmt`; do not "
                "format what is not printed."
            ),
            ignore="The code is cold: logging, errors, set-up.",
            destination=" for {destination}",
        ),
        Cause.PASSED: CauseMessages(
            label="passed to call",
            message="{what}: passed to {destination}, which keeps it",
            why=(
                "The function called keeps what it is given, or passes it on to one that does, so "
                "{what} must outlive the call."
            ),
            helps=(
                "Pass a value, or change the function called so that it does not keep its argument."
            ),
            ignore="The call costs far more than an allocation: I/O, encoding.",
            somewhere="a call",
        ),
        Cause.INDIRECT: CauseMessages(
            label="indirect call",
            message="{what}: passed to {destination}, a call that the compiler cannot see into",
            why=(
                "An interface method or function value is called: the compiler does not know which "
                "function will run and must assume that it keeps {what}."
            ),
            helps=(
                "Call a concrete type so that the compiler sees the function, or hoist the value "
                "out of the loop and reuse it."
            ),
            ignore="The call costs far more than an allocation: I/O, encoding.",
            somewhere="a call",
        ),
        Cause.TOO_LARGE: CauseMessages(
            label="too large",
            message="{what}: too large for the stack",
            why=(
                "The stack takes variables of up to 128 KiB (10 MiB before Go 1.24), and up to 64 "
                "KiB for `new`, `&T{{}}` and `make`. {what} is larger."
            ),
            helps="Make it smaller, reuse one buffer, or take it from a `sync.Pool`.",
            ignore="It is made once and kept.",
        ),
        Cause.DYNAMIC_SIZE: CauseMessages(
            label="dynamic size",
            message="{what}: its size is not known at compile time",
            why=(
                "The stack frame has a fixed size, and the size of {what} is known only at run "
                "time."
            ),
            helps="Use a constant capacity where there is an upper bound, or reuse a buffer.",
            ignore="It is made seldom.",
        ),
        Cause.GO_OR_DEFER: CauseMessages(
            label="go/defer",
            message="{what}: {destination}",
            why=(
                "What a `go` statement, or a `defer` in a loop, works with is used after this "
                "statement is done: {what} must be on the heap."
            ),
            helps=(
                "Start fewer goroutines, pass arguments of small size, or move the body of the "
                "loop into a function so that its `defer` stays on the stack."
            ),
            ignore="A goroutine that lives long costs far more than this.",
        ),
        Cause.OTHER: CauseMessages(
            label="escapes",
            message="{what}",
            why="The compiler could not prove that {what} dies with its function.",
            helps="Look at the steps: the last one is where the value gets away.",
            ignore="The code is cold.",
        ),
    },
    ranks={
        RankReason.LOOP: "It is in a loop: every turn may allocate.",
        RankReason.LOOP_NOW_AND_THEN: "It is in a loop, but allocates only now and then.",
        RankReason.LOOP_CALLERS: "Its function is called only from loops.",
        RankReason.LARGE: "It is large.",
        RankReason.ORDINARY: "It costs an allocation whenever this code runs.",
        RankReason.INTERFACE: (
            "Interfaces and reflection cost an allocation; outside of loops that is a fair price."
        ),
        RankReason.COLD_INIT: "Package initialisation runs once.",
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
    reasons=ENGLISH_REASONS,
    finding=FindingMessages(
        what_variable="{subject} moves to the heap",
        what_expression="{subject} is allocated on the heap",
        what_closure="this function literal is allocated on the heap",
        what_loop_body="the body of this loop over a function is a closure on the heap",
        what_method_value="the method value {subject} is allocated on the heap",
        what_append="the array that {subject} grows into is on the heap",
        what_boxed="{subject} is copied to the heap",
        what_arguments="the slice for this call's arguments is allocated on the heap",
        what_temporary="a temporary copy is made on the heap",
        used_by_go="a `go` statement goes on with it after this call",
        used_by_defer="a `defer` in a loop keeps it until the function ends",
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
        copies_both="escapes when called from {callers}, stays on the stack in {calls}",
        inlined_calls=Plural("{count} inlined calls", one="one inlined call"),
        label="heap: {cause}",
        label_no_allocation="no allocation",
        label_may_allocate="heap if large",
        why_inlined="The allocation is part of `{function}`, which the compiler inlined here.",
        why_no_allocation="The compiler says that it escapes, but nothing is allocated: {note}.",
        why_stays_but_may_allocate="It does not escape, so it is {note}.",
        stays_on_the_stack="{subject} stays on the stack.",
    ),
    function=FunctionMessages(
        parameter_stays="{name} does not escape: callers may pass values on their stack.",
        parameter_leaks="{name} leaks to {places}.",
        parameter_consequence="What callers pass is forced onto the heap.",
        inlinable="Can be inlined ({detail}).",
        not_inlinable="Cannot be inlined: {detail}.",
        allocations=Plural("{count} heap allocations", one="{count} heap allocation"),
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
        apply_all="Apply all proved fixes of this file ({proof})",
    ),
    proof=ProofMessages(
        gone="removes {count}",
        out_of_loop="moves {count} out of the loop",
        stays_at_calls="keeps {count} on the stack of the callers",
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
        new="new",
        line="line {line}",
        moved="moved {place}: {subject} ({before} before)",
        more="moved {count} more",
        since="Allocation sites since {revision}",
        total="{title}: {gone} gone, {new} new, {moved} moved, {same} where they were",
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
        ignore="When to ignore it:",
        more="and {count} more here",
        waiting="The package does not compile now; this is from before.",
    ),
    editor=EditorMessages(
        compiler_silent="The compiler says nothing about this package.",
        file_excluded="no escape analysis here: {why}",
        file_waits="escape analysis waits: the package does not compile",
        on_line="line {line}: {message}",
        server_ends="the server is about to end",
        status_analysing="analysing {what}",
        status_does_not_compile="{package} does not compile",
        status_does_not_compile_why="{package} does not compile: {why}",
        status_paused="the analysis of the workspace is paused",
        which_allocation="Which allocation?",
        work_benchmark="benchmark: {names}",
        work_packages="{first} and {count} more",
        work_testing="testing: {fix}",
    ),
    tell=TellMessages(
        benchmark_runs="a benchmark runs already; wait for it, or cancel it.",
        benchmarks="{package} has {names}; name one of them.",
        failed_inside=(
            "something inside goescape failed. Findings may come later than usual; please report "
            "the error that is in goescape's log."
        ),
        fix_fails="the fix was not applied, its tests fail: {why}",
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
