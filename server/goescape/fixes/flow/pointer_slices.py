"""Where a slice of pointers goes, through the functions of a package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goescape.analysis.messages.reason import ReasonCode
from goescape.analysis.syntax.nodes import callee_text, text, token, walk
from goescape.analysis.syntax.scopes import definition, parameter_names
from goescape.fixes.candidate import Edit, UnsafeError
from goescape.fixes.checks.read_only import check_field_read, check_only_read
from goescape.fixes.checks.spare_capacity import grows_itself
from goescape.fixes.syntax.local_variables import (
    arguments_of,
    declaration_around,
    function_around,
    is_called,
    is_clear,
    single_declaration,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.syntax.go_file import FunctionDeclaration, GoFile
    from goescape.fixes.context.package_code import PackageCode


class PointerSlices:
    """Collects the edits that turn ``[]*T`` into ``[]T`` wherever one slice flows.

    Every method raises UnsafeError where that would mean something else, or cannot be decided.
    """

    def __init__(self, code: PackageCode, element: str) -> None:
        self.code = code
        self.edits: dict[tuple[str, int], Edit] = {}
        self.callers = 0
        self._element = element
        self._seen: set[tuple[str, int]] = set()

    def follow_variable(self, file: GoFile, variable: Node) -> None:
        """A local variable or parameter that holds the slice."""
        if self._was_seen(file, variable):
            return
        function = declaration_around(variable)
        if function is None or not is_clear(variable):
            raise UnsafeError(ReasonCode.USES_UNKNOWN, name=text(variable))
        self._declaration(file, variable)
        for use in self.code.uses(variable, function):
            if use != variable:
                self._use(file, use)

    def _was_seen(self, file: GoFile, node: Node) -> bool:
        key = (file.source.path, node.start_byte)
        seen = key in self._seen
        self._seen.add(key)
        return seen

    def _declaration(self, file: GoFile, variable: Node) -> None:
        parent = variable.parent
        statement = parent.parent if parent is not None else None
        if parent is None:
            return
        if parent.type == "parameter_declaration":
            self._parameter(file, parent)
            return
        if statement is not None and statement.type == "short_var_declaration":
            self._assigned(file, statement, parent.named_children.index(variable))
            return
        single = single_declaration(statement) if statement is not None else None
        if single is None or single[0] != variable:
            raise UnsafeError(ReasonCode.DECLARED_WITH_OTHERS, name=text(variable))
        if single[1] is not None:
            self._type(file, single[1])
        if single[2] is not None:
            self._source(file, single[2])

    def _parameter(self, file: GoFile, declaration: Node) -> None:
        """A parameter of a function: all callers hand it such a slice."""
        function = declaration.parent.parent if declaration.parent is not None else None
        its_type = declaration.child_by_field_name("type")
        name = function.child_by_field_name("name") if function is not None else None
        declared = self.code.syntax.functions.get(text(name)) if name is not None else None
        names = list(parameter_names(declaration.parent)) if declaration.parent else []
        if function is None or declared is None or declared.node != function or its_type is None:
            raise UnsafeError(ReasonCode.PARAMETER_OF_METHOD, name=text(declaration))
        if declaration.parent != function.child_by_field_name("parameters"):
            raise UnsafeError(ReasonCode.RESULT_IS_NAMED)
        own = declaration.children_by_field_name("name")
        if len(own) != 1:
            raise UnsafeError(ReasonCode.PARAMETERS_SHARE_TYPE, code=text(declaration))
        self._check_function(declared)
        self._type(file, its_type)
        position = names.index(own[0])
        for its_file, call in self._calls(declared):
            self._source(its_file, arguments_of(call)[position])

    def _check_function(self, declared: FunctionDeclaration) -> None:
        name = declared.plain_name
        if declared.is_exported or declared.node.type != "function_declaration":
            raise UnsafeError(ReasonCode.USABLE_FROM_ELSEWHERE, name=name)
        if declared.is_generic:
            raise UnsafeError(ReasonCode.IS_GENERIC, name=name)
        if self.code.is_mentioned_elsewhere(name):
            raise UnsafeError(ReasonCode.MENTIONED_BY_OTHER_BUILDS, name=name)

    def _calls(self, declared: FunctionDeclaration) -> list[tuple[GoFile, Node]]:
        calls = []
        for file, reference in self.code.syntax.references(declared.plain_name):
            call = reference.parent
            if reference.type == "identifier" and definition(reference) is not None:
                continue
            if call is None or call.type != "call_expression":
                raise UnsafeError(ReasonCode.USED_AS_VALUE, name=declared.plain_name)
            if call.child_by_field_name("function") != reference:
                raise UnsafeError(ReasonCode.USED_AS_VALUE, name=declared.plain_name)
            calls.append((file, call))
        return calls

    def _type(self, file: GoFile, node: Node) -> None:
        if text(node) != f"[]*{self._element}":
            raise UnsafeError(ReasonCode.ANOTHER_TYPE, type=text(node))
        star = node.start_byte + 2
        self._edit(file, star, star + 1)

    def _edit(self, file: GoFile, start: int, end: int) -> None:
        self.edits[file.source.path, start] = Edit(file.source.path, start, end, "")

    def _source(self, file: GoFile, node: Node) -> None:
        """An expression whose value is such a slice."""
        match node.type:
            case "nil":
                return
            case "identifier":
                declared = definition(node)
                if declared is None:
                    raise UnsafeError(ReasonCode.IS_PACKAGE_VARIABLE, name=text(node))
                self.follow_variable(file, declared)
            case "composite_literal":
                self._literal(file, node)
            case "call_expression":
                self._call(file, node)
            case _:
                raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(node))

    def _literal(self, file: GoFile, node: Node) -> None:
        its_type, body = (node.child_by_field_name(part) for part in ("type", "body"))
        if its_type is None or body is None:
            raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(node))
        self._type(file, its_type)
        for element in body.named_children:
            if element.type != "literal_element":
                raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(element))
            if element.named_children[0].type != "literal_value":
                self._new_element(file, element.named_children[0])

    def _call(self, file: GoFile, call: Node) -> None:
        called, arguments = callee_text(call), arguments_of(call)
        if called == "append" and arguments:
            self._source(file, arguments[0])
            for element in arguments[1:]:
                self._new_element(file, element)
        elif called == "make" and len(arguments) > 1 and text(arguments[1]) == "0":
            self._type(file, arguments[0])
        else:
            declared = self.code.syntax.functions.get(called)
            function = call.child_by_field_name("function")
            if declared is None or function is None or definition(function) is not None:
                raise UnsafeError(ReasonCode.NOT_KNOWN_TO_GIVE_SLICE, call=text(call))
            self._function(declared, 0)

    def _new_element(self, file: GoFile, node: Node) -> None:
        operand = node.child_by_field_name("operand")
        if node.type == "unary_expression" and operand is not None:
            its_type = operand.child_by_field_name("type")
            named = its_type is not None and text(its_type) == self._element
            if named and operand.type == "composite_literal" and text(node).startswith("&"):
                self._edit(file, node.start_byte, operand.start_byte)
                return
        raise UnsafeError(ReasonCode.POINTER_IS_SHARED, expression=text(node))

    def _function(self, declared: FunctionDeclaration, position: int) -> None:
        """A function that returns such a slice."""
        file = next(f for f in self.code.files.values() if declared in f.functions)
        if self._was_seen(file, declared.node):
            return
        self._check_function(declared)
        result = declared.node.child_by_field_name("result")
        types = [result]
        if result is not None and result.type == "parameter_list":
            types = [part.child_by_field_name("type") for part in result.named_children]
            if declared.results:
                raise UnsafeError(ReasonCode.RESULT_IS_NAMED)
        its_type = types[position] if position < len(types) else None
        if its_type is None:
            raise UnsafeError(ReasonCode.RETURNS_SOMETHING_ELSE, name=declared.plain_name)
        self._type(file, its_type)
        for node in walk(declared.node):
            if node.type == "return_statement" and function_around(node) == declared.node:
                values = node.named_children[0].named_children if node.named_children else []
                if len(values) != len(types):
                    raise UnsafeError(ReasonCode.SEVERAL_RESULTS, code=text(node))
                self._source(file, values[position])
        for its_file, call in self._calls(declared):
            self.callers += 1
            if call.parent is None or call.parent.type != "expression_statement":
                self._result(its_file, call, position, len(types))

    def _result(self, file: GoFile, call: Node, position: int, count: int) -> None:
        listed = call.parent
        statement = listed.parent if listed is not None else None
        if count == 1:
            self._use(file, call)
            return
        left = statement.child_by_field_name("left") if statement is not None else None
        if statement is None or left is None or statement.child_by_field_name("right") != listed:
            raise UnsafeError(ReasonCode.RESULTS_HANDED_ON, call=text(call))
        self._target(file, left.named_children[position])

    def _target(self, file: GoFile, name: Node) -> None:
        if text(name) == "_":
            return
        declared = definition(name)
        if name.type != "identifier" or declared is None:
            raise UnsafeError(ReasonCode.MAY_KEEP_SLICE, code=text(name))
        self.follow_variable(file, declared)

    def _assigned(self, file: GoFile, statement: Node, position: int) -> None:
        """What an assignment gives the variable at a position of its left side."""
        left, right = (statement.child_by_field_name(side) for side in ("left", "right"))
        operator = statement.child_by_field_name("operator")
        if left is None or right is None or (operator is not None and text(operator) != "="):
            raise UnsafeError(ReasonCode.NOT_PLAIN, expression=text(statement))
        if left.named_child_count == right.named_child_count:
            self._source(file, right.named_children[position])
            return
        call = right.named_children[0]
        declared = self.code.syntax.functions.get(callee_text(call))
        function = call.child_by_field_name("function")
        if declared is None or function is None or definition(function) is not None:
            raise UnsafeError(ReasonCode.NOT_KNOWN_TO_GIVE_SLICE, call=text(call))
        self._function(declared, position)

    def _use(self, file: GoFile, use: Node) -> None:
        """Somewhere the slice stands."""
        parent = use.parent
        match parent.type if parent is not None else "":
            case "range_clause" if parent is not None:
                self._range(parent, use)
            case "index_expression" if parent is not None and _is_operand(parent, use):
                self._element_use(parent)
            case "argument_list" if parent is not None:
                self._argument(file, parent, use)
            case "binary_expression" if parent is not None:
                if not any(side.type == "nil" for side in parent.named_children):
                    raise UnsafeError(ReasonCode.IS_COMPARED, expression=text(use))
            case "expression_list" if parent is not None:
                self._listed(file, parent, use)
            case _:
                raise UnsafeError(ReasonCode.MAY_KEEP_SLICE, code=text(parent or use))

    def _range(self, clause: Node, use: Node) -> None:
        left = clause.child_by_field_name("left")
        if clause.child_by_field_name("right") != use:
            raise UnsafeError(ReasonCode.IS_LOOP_VARIABLE, name=text(use))
        names = left.named_children if left is not None else []
        if len(names) == 2 and text(names[1]) != "_":
            if token(clause, ":=") is None:
                raise UnsafeError(ReasonCode.OUTLIVES_STATEMENT, name=text(names[1]))
            check_only_read(self.code, names[1])

    def _element_use(self, element: Node) -> None:
        listed = element.parent
        statement = listed.parent if listed is not None else None
        single = single_declaration(statement) if statement is not None else None
        if single is not None and single[1] is None and single[2] == element:
            check_only_read(self.code, single[0])
        else:
            check_field_read(self.code, element)

    def _argument(self, file: GoFile, arguments: Node, use: Node) -> None:
        call = arguments.parent
        called = callee_text(call) if call is not None and call.type == "call_expression" else ""
        position = arguments.named_children.index(use)
        if call is None or not called:
            raise UnsafeError(ReasonCode.MAY_KEEP_SLICE, code=text(arguments))
        if called == "len":
            return
        if called == "append" and position == 0:
            _check_unaliased(call, use)
            self._call(file, call)
            self._use(file, call)
            return
        if position == 0 and any(
            is_called(call, file, "sort", f) for f in ("Slice", "SliceStable")
        ):
            return
        declared = self.code.syntax.functions.get(called)
        names = declared.node.child_by_field_name("parameters") if declared is not None else None
        parameters = list(parameter_names(names)) if names is not None else []
        if declared is None or position >= len(parameters):
            raise UnsafeError(ReasonCode.MAY_KEEP_SLICE, code=called)
        its_file = next(f for f in self.code.files.values() if declared in f.functions)
        self.follow_variable(its_file, parameters[position])

    def _listed(self, file: GoFile, listed: Node, use: Node) -> None:
        statement, position = listed.parent, listed.named_children.index(use)
        if statement is None:
            raise UnsafeError(ReasonCode.USES_UNKNOWN, name=text(use))
        if statement.type == "return_statement":
            function = function_around(use)
            name = function.child_by_field_name("name") if function is not None else None
            declared = self.code.syntax.functions.get(text(name)) if name is not None else None
            if declared is None or declared.node != function:
                raise UnsafeError(ReasonCode.RETURNED_BY_METHOD, name=text(use))
            self._function(declared, position)
        elif statement.child_by_field_name("left") == listed:
            self._assigned(file, statement, position)
        else:
            left = statement.child_by_field_name("left")
            names = statement.children_by_field_name("name") or (
                left.named_children if left else []
            )
            if position >= len(names):
                raise UnsafeError(ReasonCode.MAY_KEEP_SLICE, code=text(statement))
            if use.type == "identifier" and text(use) != text(names[position]):
                raise UnsafeError(ReasonCode.SLICES_SHARE_ELEMENTS, code=text(statement))
            self._target(file, names[position])


def _check_unaliased(call: Node, use: Node) -> None:
    """Raise UnsafeError where two slices may grow over the same spare room.

    How much there is depends on the size of the elements.
    """
    declared = definition(use)
    parameter = declared is not None and "parameter" in (declared.parent or declared).type
    grandparent = call.parent.parent if call.parent is not None else None
    last = grandparent is not None and grandparent.type == "return_statement"
    if parameter or not (last or grows_itself(call, use)):
        raise UnsafeError(ReasonCode.SLICES_SHARE_ELEMENTS, code=text(call))


def _is_operand(parent: Node, use: Node) -> bool:
    return parent.child_by_field_name("operand") == use
