"""The types that generated functions are about: each with values that only the program knows."""

from __future__ import annotations

from attrs import frozen


@frozen
class GoType:
    """A type of the generated package."""

    name: str
    """As Go writes it."""
    values: tuple[str, ...]
    """Variables of the package, which no compiler knows the value of."""
    constants: tuple[str, ...] = ()
    """Constant expressions of it, typed."""
    tags: frozenset[str] = frozenset()
    """What a statement may ask of a type: ``number``, ``integer``, ``constant``, ``comparable``,
    ``method``."""


TypeTable = tuple[GoType, ...]
_INTEGERS = [
    "int8",
    "int16",
    "int32",
    "int64",
    "int",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
    "uint",
    "uintptr",
]
_OTHERS = {"float32": "1.5", "float64": "2.5", "complex64": "1i", "complex128": "2i"}
_COMPOSITES = {
    "struct{}": "struct{}{}",
    "[0]int": "[0]int{}",
    "[1]byte": "[1]byte{9}",
    "[4]int": "[4]int{1, 2, 3, 4}",
    "[2]string": '[2]string{"a", "b"}',
    "[1]*int": "[1]*int{&vOne}",
    "struct{ a bool }": "struct{ a bool }{true}",
    "struct{ a uint8 }": "struct{ a uint8 }{9}",
    "struct{ a int }": "struct{ a int }{1000}",
    "struct{ p *int }": "struct{ p *int }{&vOne}",
    "struct{ s string }": 'struct{ s string }{"a"}',
    "struct{ a [300]byte }": "struct{ a [300]byte }{}",
    "*int": "&vOne",
    "*Int24": "&Int24{1, 2, 3}",
    "chan int": "make(chan int)",
    "I": "Int24{1, 2, 3}",
    "any": "vLong",
    "error": "failure{vLong}",
}
_INCOMPARABLE = {
    "[]int": "[]int{1, 2, 3}",
    "func()": "func() {}",
    "map[string]int": 'map[string]int{"a": 1}',
    "[1]func()": "[1]func(){}",
}
_NAMED = {
    "Int": ("int", "1000", "number integer constant"),
    "Bool": ("bool", "true", "constant"),
    "Byte": ("byte", "200", "number integer constant"),
    "Text": ("string", "Text(vLong)", ""),
    "Empty": ("struct{}", "Empty{}", ""),
    "Byte1": ("struct{ a byte }", "Byte1{9}", ""),
    "Int8": ("struct{ a int }", "Int8{1000}", ""),
    "Int24": ("struct{ a, b, c int }", "Int24{1, 2, 3}", ""),
    "Pointer": ("struct{ p *int }", "Pointer{&vOne}", ""),
}
DECLARED = "".join(
    f"type {name} {under}\n\nfunc (x {name}) M() int {{ return 0 }}\n\n"
    for name, (under, _, _) in _NAMED.items()
)
"""The named types in Go, with a method each."""


class _Values:
    """Variables that are numbered."""

    def __init__(self) -> None:
        self.declarations: list[str] = []

    def add(self, name: str, value: str) -> str:
        variable = f"v{len(self.declarations)}"
        self.declarations.append(f"var {variable} {name} = {value}\n")
        return variable


def _all(values: _Values) -> TypeTable:
    plain, numbers = frozenset({"comparable"}), {"comparable", "number", "constant"}
    integers = frozenset({*numbers, "integer"})
    types = [
        _basic(values, name, "100" if name in {"int8", "uint8"} else "1000", "7", integers)
        for name in _INTEGERS
    ]
    types += [
        GoType(
            name, (values.add(name, value), values.add(name, "0")), (f"{name}({value})",), floats
        )
        for name, value in _OTHERS.items()
        for floats in [frozenset(numbers if name.startswith("f") else numbers - {"number"})]
    ]
    types.append(_basic(values, "bool", "true", "false", plain | {"constant"}))
    text = plain | {"constant"}
    types.append(GoType("string", ("vLong", "vAb"), ('"constant"', '""'), text))
    types += [GoType(name, (values.add(name, v),), (), plain) for name, v in _COMPOSITES.items()]
    types += [GoType(name, (values.add(name, v),)) for name, v in _INCOMPARABLE.items()]
    for name, (_, value, tags) in _NAMED.items():
        constants = (f"{name}({value})",) if "constant" in tags else ()
        all_tags = plain | {"method", *tags.split()}
        types.append(GoType(name, (values.add(name, value),), constants, all_tags))
    return tuple(types)


def _basic(values: _Values, name: str, large: str, small: str, tags: frozenset[str]) -> GoType:
    variables = values.add(name, large), values.add(name, small)
    return GoType(name, variables, (f"{name}({large})", f"{name}({small})"), tags)


_VALUES = _Values()
TYPES = _all(_VALUES)
VARIABLES = "".join(_VALUES.declarations) + (
    "var vInt, vInt8, vInt16, vInt32, vBool = 1000, int8(100), int16(1000), int32(1000), true\n"
)
"""The variables in Go."""
PARAMETER = GoType("P", ("p",))
"""The type parameter of the function around."""
