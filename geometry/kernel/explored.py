"""Which faces, edges and wires does a shape of the kernel hold, and which way are they turned?"""

from collections.abc import Iterator
from typing import Any

from OCP.TopAbs import TopAbs_EDGE, TopAbs_FACE, TopAbs_FORWARD, TopAbs_REVERSED
from OCP.TopExp import TopExp, TopExp_Explorer
from OCP.TopoDS import TopoDS, TopoDS_Iterator
from OCP.TopTools import TopTools_IndexedMapOfShape

__all__ = ["SIGNS", "edges_of", "explored", "faces_of", "numbered", "parts_of"]

# of orientations, as numbers they compare faster; the others have none
SIGNS = {int(TopAbs_FORWARD): 1, int(TopAbs_REVERSED): -1}


def explored(shape: Any, kind: Any, avoid: Any = None) -> Iterator[Any]:
    """Every TopoDS_Shape of a kind in a shape, each as often as it occurs; none within one to
    avoid.
    """
    explorer = (
        TopExp_Explorer(shape, kind) if avoid is None else TopExp_Explorer(shape, kind, avoid)
    )
    # looked up once, not at every step
    more, current, advance = explorer.More, explorer.Current, explorer.Next
    while more():
        yield current()
        advance()


def faces_of(shape: Any) -> Iterator[Any]:
    """Every face of a shape, each as often as it occurs."""
    return map(TopoDS.Face_s, explored(shape, TopAbs_FACE))


def edges_of(shape: Any) -> Iterator[Any]:
    """Every edge of a shape, each as often as it occurs: those of a seam twice."""
    return map(TopoDS.Edge_s, explored(shape, TopAbs_EDGE))


def parts_of(shape: Any, *, by_itself: bool = False) -> Iterator[Any]:
    """What a shape consists of, in the order in which it holds them.

    by_itself: as if the shape were not turned.
    """
    steps = TopoDS_Iterator(shape, not by_itself, not by_itself)
    more, current, advance = steps.More, steps.Value, steps.Next
    while more():
        yield current()
        advance()


def numbered(shape: Any, kind: Any) -> TopTools_IndexedMapOfShape:
    """The distinct shapes of a kind in a shape, each under its number, from 1."""
    found = TopTools_IndexedMapOfShape()
    TopExp.MapShapes_s(shape, kind, found)
    return found
