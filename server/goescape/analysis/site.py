"""An allocation site: what the compiler says of one place, and the node of the source it means."""

from __future__ import annotations

import enum
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import define, field

from goescape.analysis.compiler_facts import Explanation, Verdict
from goescape.analysis.model import Kind, Place
from goescape.analysis.nodes import ancestors
from goescape.analysis.renderings import outline, unqualified

if TYPE_CHECKING:
    from tree_sitter import Node

    from goescape.analysis.go_syntax import Declared, GoSyntax


class Ownership(enum.Enum):
    """How an allocation belongs to the source at its position."""

    OWN = enum.auto()
    """The expression or name that stands there."""
    INLINED = enum.auto()
    """Something inside a function that was inlined there."""
    WRAPPER = enum.auto()
    """The compiler's wrapper around a generic function or method."""


@define(eq=False)
class Site:
    """An allocation site while its repeats are gathered."""

    place: Place
    subject: str
    """As the compiler renders it, without instantiations: ``make([]T, n)``."""
    message: str
    escapes: bool
    verdict: Verdict
    file: GoSyntax
    inlined: tuple[str, ...]
    """The functions that were inlined at this place."""
    explanations: list[Explanation] = field(factory=list)
    node: Node | None = None
    ownership: Ownership = Ownership.OWN
    kind: Kind = Kind.EXPRESSION
    inlined_from: str = ""
    names: tuple[str, ...] = ()
    """How the compiler names the function that it stands in."""

    @property
    def key(self) -> tuple[Place, str, bool]:
        """What makes two reports one site."""
        return (self.place, self.subject, self.verdict is Verdict.MOVED)

    @cached_property
    def function(self) -> Declared | None:
        """The declaration that it stands in."""
        return self.file.function_at(self.node.start_byte) if self.node is not None else None

    @cached_property
    def in_literal(self) -> bool:
        """Whether it stands in a function literal."""
        return self.node is not None and any(a.type == "func_literal" for a in ancestors(self.node))

    @cached_property
    def unqualified(self) -> str:
        """The subject without package names."""
        return unqualified(self.subject)

    @cached_property
    def outline(self) -> str:
        """The part of the subject that inlining keeps."""
        return outline(self.subject)
