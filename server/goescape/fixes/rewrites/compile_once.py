"""What is made of constants in each call is made once: patterns, replacers, templates."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from tree_sitter import Node  # noqa: TC002 - attrs resolves it

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.cold_code import is_once, is_test_file
from goescape.analysis.syntax.nodes import ancestors, callee_text, text, walk
from goescape.fixes.candidate import Edit, Promise, UnsafeError
from goescape.fixes.checks.constant_texts import (
    constant_text,
    is_valid_pattern,
    is_valid_template,
)
from goescape.fixes.checks.failures import is_for_failure
from goescape.fixes.context.package_code import replace
from goescape.fixes.edits.package_declarations import (
    declared_after_imports,
    may_be_needed_earlier,
)
from goescape.fixes.rewrite import Change, Match, Rewrite
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    has_comment,
    is_called,
    is_clear,
    single_declaration,
)
from goescape.fixes.syntax.variable_uses import variable_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from goescape.analysis.syntax.go_file import GoFile
    from goescape.fixes.context.package_code import PackageCode

_TITLE = "Call {function} once, for a package-level variable"


@frozen
class _Constant:
    """A call whose result is the same each time."""

    call: Node
    function: str
    value: str
    """What the variable is declared with."""
    what: str
    """How its name ends."""
    edits: tuple[Edit, ...]
    """What changes at the call, with a NUL byte for the name of the variable."""


def _find(code: PackageCode, file: GoFile) -> Iterator[Match]:
    """Calls in functions that may run more than once."""
    if is_test_file(file.source.path) or not any(path in _PACKAGES for path, _ in file.imports):
        return
    taken: set[str] = set()
    for call in walk(file.root):
        constant = _constant(code, file, call) if call.type == "call_expression" else None
        if constant is None or has_comment(call) or not _runs_often(call):
            continue
        name = _name(code, constant, taken)
        taken.add(name)
        change = partial(_change, code, file, constant, name)
        words = (("function", constant.function),)
        yield Match((), change, file.span(call), variant=_TITLE, words=words)


def _change(code: PackageCode, file: GoFile, constant: _Constant, name: str) -> Change | None:
    if not name:
        raise UnsafeError(ReasonCode.NO_NAME_IS_FREE)
    if may_be_needed_earlier(code, file):
        raise UnsafeError(ReasonCode.NEEDED_EARLIER)
    declared = declared_after_imports(file, f"var {name} = {constant.value}")
    if declared is None:
        return None
    edits = (
        Edit(edit.file, edit.start, edit.end, edit.text.replace("\0", name))
        for edit in constant.edits
    )
    return Change((*edits, declared), may_add=(*_MADE, rf".*\b{name}\b.*"))


def _constant(code: PackageCode, file: GoFile, call: Node) -> _Constant | None:
    """What a call makes of constants, if nobody can change or keep that."""
    arguments = arguments_of(call)
    whole = (replace(file, call, "\0"),)
    name = callee_text(call).rpartition(".")[2]
    if name not in _FUNCTIONS or not arguments:
        return None
    if is_called(call, file, "regexp", "MatchString"):
        return _matched(code, file, call)
    if is_called(call, file, "regexp", "MustCompile"):
        pattern = constant_text(code, file, arguments[0])
        if pattern is None or not is_valid_pattern(pattern):
            return None
        kind, harmful = "Pattern", {"Longest", "UnmarshalText"}
    elif is_called(call, file, "strings", "NewReplacer"):
        if len(arguments) % 2 or any(constant_text(code, file, a) is None for a in arguments):
            return None
        kind, harmful = "Replacer", set[str]()
    elif _is_template(code, file, call):
        kind, harmful = "Template", _CHANGING_TEMPLATES
    else:
        return None
    if not _is_only_called_on(call, harmful):
        return None
    return _Constant(call, callee_text(call), text(call), kind, whole)


def _matched(code: PackageCode, file: GoFile, call: Node) -> _Constant | None:
    """``ok, _ := regexp.MatchString("constant", s)``."""
    arguments, listed = arguments_of(call), call.parent
    statement = listed.parent if listed is not None else None
    if statement is None or len(arguments) != 2 or statement.type not in _ASSIGNING:
        return None
    left = statement.child_by_field_name("left")
    pattern = constant_text(code, file, arguments[0])
    if left is None or left.named_child_count != 2 or text(left.named_children[1]) != "_":
        return None
    if pattern is None or not is_valid_pattern(pattern) or has_comment(left):
        return None
    package = callee_text(call).rpartition(".")[0]
    return _Constant(
        call,
        callee_text(call),
        f"{package}.MustCompile({text(arguments[0])})",
        "Pattern",
        (
            replace(file, left, text(left.named_children[0])),
            replace(file, call, f"\0.MatchString({text(arguments[1])})"),
        ),
    )


def _is_template(code: PackageCode, file: GoFile, call: Node) -> bool:
    """``template.Must(template.New("name").Parse("text"))`` of constants."""
    package = next(
        (p for p in ("text/template", "html/template") if is_called(call, file, p, "Must")), None
    )
    parse = arguments_of(call)[0]
    function = parse.child_by_field_name("function") if parse.type == "call_expression" else None
    new = function.child_by_field_name("operand") if function is not None else None
    if package is None or new is None or not callee_text(parse).endswith(").Parse"):
        return False
    if new.type != "call_expression" or not is_called(new, file, package, "New"):
        return False
    names, parsed = arguments_of(new), arguments_of(parse)
    if len(names) != 1 or len(parsed) != 1 or constant_text(code, file, names[0]) is None:
        return False
    template = constant_text(code, file, parsed[0])
    return template is not None and is_valid_template(template)


def _is_only_called_on(call: Node, harmful: set[str]) -> bool:
    """Whether only methods of the result are called, at once or of the variable that gets it."""
    statement = call.parent.parent if call.parent is not None else None
    single = single_declaration(statement) if statement is not None else None
    if single is None or single[2] != call:
        return _is_receiver(call, harmful)
    variable = variable_at(single[0])
    return (
        variable is not None
        and is_clear(single[0])
        and single[1] is None
        and bool(variable.uses)
        and all(_is_receiver(use, harmful) for use in variable.uses)
    )


def _is_receiver(use: Node, harmful: set[str]) -> bool:
    """Whether it is ``x.Method(...)`` and that method leaves it as it is."""
    selector = use.parent
    call = selector.parent if selector is not None else None
    field = selector.child_by_field_name("field") if selector is not None else None
    return (
        field is not None
        and call is not None
        and call.type == "call_expression"
        and call.child_by_field_name("function") == selector
        and text(field) not in harmful
    )


def _runs_often(call: Node) -> bool:
    """Whether it may run more than once, and not because something went wrong."""
    function = declaration_around(call)
    name = function.child_by_field_name("name") if function is not None else None
    if name is None or is_once(call) or is_for_failure(call):
        return False
    repeats = any(around.type in {"for_statement", "func_literal"} for around in ancestors(call))
    return repeats or text(name) not in {"init", "main"}


def _name(code: PackageCode, constant: _Constant, taken: set[str]) -> str:
    """``parseDatePattern`` for a pattern in ``parseDate``; methods have their type in front."""
    function = declaration_around(constant.call)
    name = function.child_by_field_name("name") if function is not None else None
    receiver = function.child_by_field_name("receiver") if function is not None else None
    plain = text(name) if name is not None else ""
    types = [text(n) for n in walk(receiver) if n.type == "type_identifier"] if receiver else []
    base = f"{types[0]}{plain[:1].upper()}{plain[1:]}" if types else plain
    base = base[:1].lower() + base[1:] + constant.what
    names = (f"{base}{number}" for number in ("", *range(2, 9)))
    return next((n for n in names if n not in taken and code.is_free_in_package(n)), "")


_PACKAGES = {"regexp", "strings", "text/template", "html/template"}
_FUNCTIONS = {"MustCompile", "MatchString", "NewReplacer", "Must"}
_CHANGING_TEMPLATES = {
    *("Parse", "ParseFiles", "ParseGlob", "ParseFS", "AddParseTree", "Funcs", "Delims", "Option"),
    *("New", "Lookup", "Templates", "Clone"),
}
_ASSIGNING = {"short_var_declaration", "assignment_statement"}
_MADE = (
    *(r"&\w+\.\w+\{.*\}", r"append.*", r"\.\.\. argument", r"new\(.*\)", r"make\(.*\)"),
    *(r"\".*\"", r"`.*`"),
)
"""What is made once, when the program starts; the variable's name is in what stood around it."""


REWRITE = Rewrite(
    code="compile-once",
    title="Compile it once, in a package-level variable",
    variants=(_TITLE,),
    brings=(
        "A pattern, a replacer or a template of constants is made when the program starts, instead "
        "of in each call: that is dozens of objects."
    ),
    before="""
import "regexp"

func isDate(s string) bool {
	return regexp.MustCompile(`^\\d{4}-\\d\\d-\\d\\d$`).MatchString(s)
}
""",
    after="""
import "regexp"

var isDatePattern = regexp.MustCompile(`^\\d{4}-\\d\\d-\\d\\d$`)

func isDate(s string) bool {
	return isDatePattern.MatchString(s)
}
""",
    checks=(
        "The arguments are constants, and what parses them certainly accepts them.",
        "Only methods that leave it as it is are called, and nobody else gets it.",
        "No variable of the package needs it before it is made.",
    ),
    refused_when=(
        "the code runs once, such as in `init`, below `sync.Once` or at the start of `main`",
        "it is passed on, returned or stored",
        (
            "the pattern or the template has parts of which it is not certain here that they are "
            "valid: it would panic at the start of the program"
        ),
    ),
    promise=Promise.UNSEEN,
    find=_find,
)
