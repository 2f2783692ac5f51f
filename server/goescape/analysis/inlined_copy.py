"""What became of an allocation site where its function was inlined."""

from __future__ import annotations

from attrs import frozen

from goescape.analysis.positions import Place  # noqa: TC001 - attrs resolves it


@frozen
class InlinedCopy:
    """The same allocation site, compiled again where its function was inlined."""

    place: Place
    """The call, as the compiler prints it (the ``(`` of the call)."""
    function: str | None
    """The function that contains the call; None where that is unknown."""
    escapes: bool
    may_allocate: bool = False
    """Whether it may be on the heap all the same: its size is known at run time only."""
    is_free: bool = False
    """Whether the code of the caller allocates nothing there, although the value escapes."""

    @property
    def stays(self) -> bool:
        """Whether it certainly is on the stack of its caller."""
        return not self.escapes and not self.may_allocate

    @property
    def on_heap(self) -> bool:
        """Whether it escapes and is allocated."""
        return self.escapes and not self.is_free

    @property
    def allocates(self) -> bool:
        """Whether it is on the heap, or may be."""
        return not self.stays and not self.is_free
