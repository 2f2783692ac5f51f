"""The catalogue of sentences. A translation is another ``Catalogue`` with the same keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence  # noqa: TC003 - attrs resolves them

from attrs import frozen

from goescape.analysis.messages.english_reasons import ENGLISH_REASONS
from goescape.analysis.messages.reason import Reason, ReasonCode


@frozen
class Catalogue:
    """Templates by key, in one language."""

    name: str
    """As settings have it: ``en``."""
    templates: Mapping[str, str]
    reasons: Mapping[ReasonCode, str]
    """One sentence for every reason."""
    conjunction: str
    """Between the last two items of a list."""
    comma: str = ", "
    pause: str = "; "
    """Between two parts of a sentence."""
    full_stop: str = "."
    gap: str = " "
    """Between two sentences."""

    def text(self, key: str, default: str | None = None, **values: object) -> str:
        """A sentence; ``default`` serves where the catalogue has no such key."""
        template = self.templates[key] if default is None else self.templates.get(key, default)
        return template.format(**values)

    def optional(self, key: str, **values: object) -> str:
        """A sentence, or nothing where the catalogue deliberately has none."""
        return self.templates.get(key, "").format(**values)

    def join(self, items: Sequence[str]) -> str:
        """``a, b and c``."""
        if len(items) < 2:
            return "".join(items)
        first, last = self.comma.join(items[:-1]), items[-1]
        chinese = map(_is_chinese, (first[-1:], self.conjunction, last[:1]))
        before, conjunction, after = chinese
        left = "" if before and conjunction else " "
        right = "" if after and conjunction else " "
        return f"{first}{left}{self.conjunction}{right}{last}"

    def count(self, key: str, number: object, **values: object) -> str:
        """``1 package``, ``2 packages``: one of something has a sentence of its own."""
        return self.text(f"{key} one" if str(number) == "1" else key, None, count=number, **values)

    def reason(self, reason: Reason) -> str:
        """A reason as one sentence; in front of it, what it is the reason of."""
        arguments = {
            name: self.reason(argument) if isinstance(argument, Reason) else argument
            for name, argument in reason.arguments
        }
        return self.reasons[reason.code].format(**arguments)

    def note(self, english: str) -> str:
        """What happens at run time: findings have it in English."""
        return self.templates.get(f"note {english}", english)

    def fix(self, english: str, **words: str) -> str:
        """What a rewrite does, or what to look at before it is done: fixes have it in English."""
        template = self.templates.get(f"fix {english}", english)
        return template.format(**words) if words else template


def _is_chinese(text: str) -> bool:
    """Chinese characters stand side by side without a space."""
    return bool(text) and all("\u4e00" <= character <= "\u9fff" for character in text)


ENGLISH = Catalogue(
    name="en",
    reasons=ENGLISH_REASONS,
    conjunction="and",
    templates={
        # What is allocated.
        "what variable": "{subject} moves to the heap",
        "what expression": "{subject} is allocated on the heap",
        "what closure": "this function literal is allocated on the heap",
        "what loop body": "the body of this loop over a function is a closure on the heap",
        "what method value": "the method value {subject} is allocated on the heap",
        "what append": "the array that {subject} grows into is on the heap",
        "what boxed": "{subject} is copied to the heap",
        "what arguments": "the slice for this call's arguments is allocated on the heap",
        "what temporary": "a temporary copy is made on the heap",
        # The diagnostic, by cause.
        "cause returned": "{what}: {step} hands it to the caller",
        "cause captured-by-closure": "{what}: captured by the function literal at line {line}",
        "cause stored-in-heap": "{what}: stored in {destination}",
        "cause interface-conversion": "{what}: converted to an interface{destination}",
        "cause passed-to-call": "{what}: passed to {destination}, which keeps it",
        "cause indirect-call": (
            "{what}: passed to {destination}, a call that the compiler cannot see into"
        ),
        "cause too-large": "{what}: too large for the stack",
        "cause dynamic-size": "{what}: its size is not known at compile time",
        "cause goroutine-or-defer": "{what}: {destination}",
        "cause other": "{what}",
        "used by go": "a `go` statement goes on with it after this call",
        "used by defer": "a `defer` in a loop keeps it until the function ends",
        "given to": " for {destination}",
        "stored somewhere": "something that outlives this call",
        "stored in slice": "a slice whose array is on the heap",
        "some call": "a call",
        "some return": "a `return`",
        "stays but may allocate": "{subject} is {note}",
        "no allocation": "no allocation: {what} only in the compiler's words",
        "inlined": "it is part of `{function}`, inlined here",
        "in loop": "in a loop",
        "more": "{count} more",
        "package level": "package level",
        "other functions": "{count} other functions",
        "copies escape": "also on the heap where inlined into {callers}",
        "copies stay": "stays on the stack in {calls}",
        "copies both": "escapes when called from {callers}, stays on the stack in {calls}",
        "inlined calls": "{count} inlined calls",
        "inlined calls one": "one inlined call",
        # Inlay hints.
        "label": "heap: {cause}",
        "label no allocation": "no allocation",
        "label may allocate": "heap if large",
        "label returned": "returned",
        "label captured-by-closure": "captured",
        "label stored-in-heap": "stored",
        "label interface-conversion": "interface",
        "label passed-to-call": "passed to call",
        "label indirect-call": "indirect call",
        "label too-large": "too large",
        "label dynamic-size": "dynamic size",
        "label goroutine-or-defer": "go/defer",
        "label other": "escapes",
        # The reason of the rank.
        "rank in-loop": "It is in a loop: every turn may allocate.",
        "rank now-and-then-in-loop": "It is in a loop, but allocates only now and then.",
        "rank called-only-in-loops": "Its function is called only from loops.",
        "rank large": "It is large.",
        "rank ordinary": "It costs an allocation whenever this code runs.",
        "rank interface-trade-off": (
            "Interfaces and reflection cost an allocation; outside of loops that is a fair price."
        ),
        "rank package-initialisation": "Package initialisation runs once.",
        "rank straight-line-main": "This part of `main` runs once.",
        "rank test": "This is test code.",
        "rank error-path": "This runs only when something goes wrong.",
        "rank generated-file": "This file is generated.",
        "rank stays-on-the-stack-where-inlined": (
            "Every call in this package is inlined, and the value stays on the stack there."
        ),
        "rank depends-on-run-time": "Whether it allocates depends on values at run time.",
        "rank no-allocation": "It does not allocate.",
        "rank hot-in-profile": "The profile has more than 1 % of all allocations here.",
        "rank marked-hot": "The source marks this code as hot.",
        "rank breaks-noescape": "The source promises that nothing escapes here.",
        "rank never-in-profile": "The profile never saw this function allocate.",
        # Why, in a paragraph.
        "why returned": (
            "{what} lives on after its function returns, but a function's stack frame does not: "
            "the value must be on the heap."
        ),
        "why captured-by-closure": (
            "A function literal uses {what} and may run after this function has returned, so both "
            "share the variable on the heap."
        ),
        "why stored-in-heap": (
            "{what} is stored where it can be reached after this function returns: in a global, "
            "behind a pointer, in a map, slice, channel or a variable that lives longer."
        ),
        "why interface-conversion": (
            "An interface holds a pointer to its value. To put {what} into one, the value is "
            "copied to memory of its own, and that memory outlives this call."
        ),
        "why passed-to-call": (
            "The function called keeps what it is given, or passes it on to one that does, so "
            "{what} must outlive the call."
        ),
        "why indirect-call": (
            "An interface method or function value is called: the compiler does not know which "
            "function will run and must assume that it keeps {what}."
        ),
        "why too-large": (
            "The stack takes variables of up to 128 KiB (10 MiB before Go 1.24), and up to 64 KiB "
            "for `new`, `&T{{}}` and `make`. {what} is larger."
        ),
        "why dynamic-size": (
            "The stack frame has a fixed size, and the size of {what} is known only at run time."
        ),
        "why goroutine-or-defer": (
            "What a `go` statement, or a `defer` in a loop, works with is used after this "
            "statement is done: {what} must be on the heap."
        ),
        "why other": "The compiler could not prove that {what} dies with its function.",
        "why inlined": "The allocation is part of `{function}`, which the compiler inlined here.",
        "why no allocation": "The compiler says that it escapes, but nothing is allocated: {note}.",
        "why stays but may allocate": "It does not escape, so it is {note}.",
        # What usually helps.
        "helps returned": (
            "Return the value itself: copying up to about 2 KiB is cheaper than an allocation. Or "
            "let the caller pass the memory in."
        ),
        "helps captured-by-closure": (
            "Pass the value as a parameter, or copy it to a new variable that the literal uses "
            "and nobody changes."
        ),
        "helps stored-in-heap": (
            "Store the value instead of a pointer to it, or reuse one object for several rounds."
        ),
        "helps interface-conversion": (
            "Use a concrete type or a type parameter; `strconv` instead of `fmt`; do not format "
            "what is not printed."
        ),
        "helps passed-to-call": (
            "Pass a value, or change the function called so that it does not keep its argument."
        ),
        "helps indirect-call": (
            "Call a concrete type so that the compiler sees the function, or hoist the value out "
            "of the loop and reuse it."
        ),
        "helps too-large": "Make it smaller, reuse one buffer, or take it from a `sync.Pool`.",
        "helps dynamic-size": (
            "Use a constant capacity where there is an upper bound, or reuse a buffer."
        ),
        "helps goroutine-or-defer": (
            "Start fewer goroutines, pass arguments of small size, or move the body of the loop "
            "into a function so that its `defer` stays on the stack."
        ),
        "helps other": "Look at the steps: the last one is where the value gets away.",
        # When to leave it alone.
        "ignore returned": "The value is large, is shared or must keep its identity.",
        "ignore captured-by-closure": "The literal is made seldom, or the variable must be shared.",
        "ignore stored-in-heap": "The value has to live that long: then the heap is its place.",
        "ignore interface-conversion": "The code is cold: logging, errors, set-up.",
        "ignore passed-to-call": "The call costs far more than an allocation: I/O, encoding.",
        "ignore indirect-call": "The call costs far more than an allocation: I/O, encoding.",
        "ignore too-large": "It is made once and kept.",
        "ignore dynamic-size": "It is made seldom.",
        "ignore goroutine-or-defer": "A goroutine that lives long costs far more than this.",
        "ignore other": "The code is cold.",
        # Steps of the flow.
        "step return": "returned by {expression}",
        "step assign": "assigned in {expression}",
        "step assign-pair": "assigned in {expression}",
        "step assign-pair-dot-type": "assigned by the type assertion {expression}",
        "step key of map put": "becomes a map key in {expression}",
        "step map literal key": "becomes a key of {expression}",
        "step map literal value": "becomes a value of {expression}",
        "step send": "sent on a channel by {expression}",
        "step slice-literal-element": "becomes an element of {expression}",
        "step array literal element": "becomes an element of {expression}",
        "step struct literal element": "becomes a field of {expression}",
        "step appendee slice": "its elements are moved by {expression}",
        "step appended slice...": "its elements are copied by {expression}",
        "step copied slice": "its elements are copied by {expression}",
        "step captured by a closure": "{expression} is captured by a function literal",
        "step interface-converted": "{expression} is converted to an interface",
        "step call parameter": "passed to {expression}",
        "step address-of": "its address is taken: {expression}",
        "step too large for stack": "{expression} is too large for the stack",
        "step too aligned for stack": "{expression} needs an alignment the stack does not give",
        "step non-constant size": "the size of {expression} is not a constant",
        "step //go:uintptrescapes": "{expression} is pinned for a system call",
        "step reflect.Header.Data": "{expression} goes through a reflect header",
        "step conversion to unsafe.Pointer": "{expression} becomes an unsafe.Pointer",
        # Parameters and functions.
        "parameter stays": "{name} does not escape: callers may pass values on their stack.",
        "parameter leaks": "{name} leaks to {places}.",
        "parameter consequence": "What callers pass is forced onto the heap.",
        "leaks to heap": "the heap",
        "leaks to heap (content)": "the heap (what it points to, not itself)",
        "inlinable": "Can be inlined ({detail}).",
        "not inlinable": "Cannot be inlined: {detail}.",
        "lens": "{count} heap allocations",
        "lens one": "{count} heap allocation",
        "lens all in loops": "{count} in a loop",
        "lens loops": "{count}, {loops} in a loop",
        # What is offered.
        "why escape": "Why does this escape?",
        "why escapes": "Why does {subject} escape?",
        "generated": "this file is generated: change its generator, too",
        "leave it": "Leave it: {reason} ({question})",
        "look at this": "look at this: {what}",
        "apply and test": "Apply and test: {title} (runs the package's tests first)",
        "apply all": "Apply all proved fixes of this file ({proof})",
        # What is proved of a fix.
        "proof gone": "removes {count}",
        "proof out of loop": "moves {count} out of the loop",
        "proof stays at calls": "keeps {count} on the stack of the callers",
        "proof guarded": "makes {count} only while the level is on",
        "proof unseen": "saves an allocation that the compiler does not print",
        "proof instead": "{subjects} instead",
        "proof files": "{count} files",
        "proof files one": "{count} file",
        "proof callers": "{count} callers",
        "proof callers one": "{count} caller",
        "proof go": "checked with {go}",
        # Profiles.
        "objects": "{count} objects",
        "objects one": "{count} object",
        "amount": "{size}, {objects}",
        "share": "{amount}, {percent} of all allocations",
        "share by number": "{amount}, {percent} of all allocated objects",
        "percent by number": "{percent} of objects",
        "share approximate": "{share} (approximate: the code has changed)",
        "less than": "less than {percent}",
        "reason map growth": "a map grows here",
        "reason append": "append grows an array that is on the heap already",
        "reason channel": "a channel is always on the heap",
        "reason goroutine": "a new goroutine needs a stack",
        "reason defer": "a deferred call in a loop is kept on the heap",
        "reason runtime": "the runtime allocates for itself",
        "reason too large for the stack": "it stays on the stack only while it is small",
        "reason other package": "the code of another package allocates",
        "reason unknown": (
            "the compiler reports nothing here: the code or the build flags were others when the "
            "profile was taken"
        ),
        "in function": "{what}, in {function}",
        "called from": "{function}, called from {place}",
        "profile top": "Top allocations of {name} ({amount})",
        "profile explained": (
            "{percent} of what these packages allocated has a finding or another reason"
        ),
        "profile more": "and {count} more{everything}",
        # In the terminal.
        "check found": "{total} in {packages} ({told})",
        "check nothing": "{total} in {packages} ({told})",
        "check sites": "{count} allocation sites",
        "check sites one": "{count} allocation site",
        "check new sites": "{count} new allocation sites",
        "check new sites one": "{count} new allocation site",
        "check no sites": "Nothing found",
        "check no new sites": "Nothing new",
        "check packages": "{count} packages",
        "check packages one": "{count} package",
        "check log": "a log",
        "check most": "most in {files}",
        "check known": "{count} known before not shown",
        "check hidden": "{count} below --min-severity not shown",
        "check decided": "decided in {place}",
        "check not analysed": "not analysed",
        "check failures": "... and {count} more; --format json has all of them.",
        "explain why": "Why",
        "explain steps": "Steps",
        "explain helps": "What helps",
        "explain ignore": "When to ignore it",
        "explain rank": "Rank",
        "explain compiler": "The compiler says",
        "explain nothing": "{place}: nothing here goes to the heap.",
        "compare gone": "gone",
        "compare new": "new",
        "compare line": "line {line}",
        "compare moved": "moved {place}: {subject} ({before} before)",
        "compare more": "moved {count} more",
        "compare since": "Allocation sites since {revision}",
        "compare total": "{title}: {gone} gone, {new} new, {moved} moved, {same} where they were",
        "compare only before": ": only before",
        "compare only now": ": only now",
        "compare from nothing": "from nothing",
        "chance few": (
            "Whether that is chance cannot be told from so few runs: ask for --count 4 or more."
        ),
        "chance unknown": "Whether that is chance is not known: pip install 'goescape[bench]'.",
        "profile empty": "Nothing that was allocated is in the profile.",
        "names and more": "{names} and {count} more",
        "benchmarks wrote": (
            "Files were written while the benchmarks of {package} ran, and stay: {names}."
        ),
        # Around findings.
        "hover profile": "Profile:",
        "hover helps": "What helps:",
        "hover ignore": "When to ignore it:",
        "hover more": "and {count} more here",
        "hover waiting": "The package does not compile now; this is from before.",
        "stays on the stack": "{subject} stays on the stack.",
        # In the editor.
        "benchmark run": "run benchmark",
        "benchmark again": "{result}: run benchmark again",
        "benchmark parts": "at most {result} in {count} sub-benchmarks",
        "compiler silent": "The compiler says nothing about this package.",
        "file excluded": "no escape analysis here: {why}",
        "file waits": "escape analysis waits: the package does not compile",
        "on line": "line {line}: {message}",
        "server ends": "the server is about to end",
        "status analysing": "analysing {what}",
        "status does not compile": "{package} does not compile",
        "status does not compile why": "{package} does not compile: {why}",
        "status paused": "the analysis of the workspace is paused",
        "tell benchmark runs": "a benchmark runs already; wait for it, or cancel it.",
        "tell benchmarks": "{package} has {names}; name one of them.",
        "tell failed inside": (
            "something inside goescape failed. Findings may come later than usual; please report "
            "the error that is in goescape's log."
        ),
        "tell fix fails": "the fix was not applied, its tests fail: {why}",
        "tell fix is old": (
            "the code has changed since this fix was proved; save the file and ask again."
        ),
        "tell fix refused": "the editor did not apply the fix.",
        "tell name a profile": (
            "name the file of a heap profile, as `go test -memprofile` writes it."
        ),
        "tell no benchmarks": "no benchmarks",
        "tell no profile": "no profile {name} is loaded; loaded: {loaded}.",
        "tell none": "none is",
        "tell not ready": "not ready yet; try again in a moment.",
        "tell open a file": "open a Go file first, or name one by its URI.",
        "tell open a folder": "open a folder first.",
        "tell open benchmarks": (
            "open a Go file with benchmarks first, and name one of them or a line of it."
        ),
        "tell stranger": (
            "{name} ({amount}) has nothing of the packages that were analysed; most of it is of "
            "{other}."
        ),
        "tell written": "files were written meanwhile, and stay: {names}.",
        "which allocation": "Which allocation?",
        "work benchmark": "benchmark: {names}",
        "work packages": "{first} and {count} more",
        "work testing": "testing: {fix}",
        # The report.
        "report title": "Heap allocations of {name}",
        "report about": "{count} packages analysed with {go}",
        "report about one": "{count} package analysed with {go}",
        "report open files": "open files",
        "report nothing": "No allocations were found in what was analysed so far.",
        "report total": "allocation sites",
        "report warning": "in a loop, or large",
        "report information": "ordinary",
        "report hint": "of little weight",
        "report trend": "{new} new, {gone} gone since {name}",
        "report waiting": "Waiting: does not compile",
        "report where": "Where it is",
        "report map": (
            "By {measure}: packages, and their functions inside. The darker, the more of it is in "
            "loops, large or hot."
        ),
        "report sites measure": "allocation sites",
        "report bytes measure": "bytes in the profile",
        "report top": "Top allocations",
        "report allocated": "Allocated",
        "report what": "Where, and what",
        "report packages": "Packages",
        "report functions": "Functions",
        "report causes": "Causes",
        "report sites": "Sites",
        "report order": "What matters most first, each with its way to the heap{more}.",
        "report more": "; {count} more are not shown",
        "report and more": "and {count} more",
        "report new": "new",
        "report fixes": "Fixes that may fit",
        "report fixes note": (
            "Found by syntax alone. A fix is offered in its file when the compiler has proved it."
        ),
    },
)


class _Process:
    words = ENGLISH


def current_catalogue() -> Catalogue:
    """The language that this process speaks with its user."""
    return _Process.words


def set_catalogue(words: Catalogue) -> None:
    """Speak another one from now on."""
    _Process.words = words
