"""What form do numbers, points and the shape of a part have in our JSON?"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Index", "Matrix", "Open", "Point", "Point2", "Positive", "Score", "Shape", "Share"]

Share = Annotated[float, Field(ge=0, le=1)]
Score = Annotated[float, Field(ge=0, le=100)]
Positive = Annotated[float, Field(gt=0)]
Index = Annotated[int, Field(ge=0)]
Point = Annotated[list[float], Field(min_length=3, max_length=3)]
Point2 = Annotated[list[float], Field(min_length=2, max_length=2)]
Matrix = Annotated[
    list[Annotated[list[float], Field(min_length=4, max_length=4)]],
    Field(min_length=4, max_length=4),
]


class Open(BaseModel):
    """A record that may gain keys."""

    model_config = ConfigDict(extra="allow")


class Plane(Open):
    """A plane through the centre of symmetry that mirrors the part onto itself."""

    normal: Point


class Turn(Open):
    """An axis through the centre of symmetry: turns of 360° / order keep the part, or all do."""

    direction: Point
    order: Annotated[int, Field(ge=2)] | None = None
    revolution: bool = False


class Symmetry(Open):
    """What maps the part onto itself."""

    centre_mm: Point
    planes: list[Plane]
    axes: list[Turn]
    spherical: bool


class EnclosingCylinder(Open):
    """The smallest cylinder around the part along one of its own axes."""

    axis: Point
    centre_mm: Point
    diameter_mm: Positive
    length_mm: Positive


class ConvexHull(Open):
    """The convex hull, and how much of it is material."""

    volume_mm3: Positive
    area_mm2: Positive
    filled_share: Share


class Section(Open):
    """A cut across the longest side of the minimal box; `modulus_mm` is area over perimeter."""

    centroid_mm: Point
    area_mm2: Positive
    perimeter_mm: Positive
    modulus_mm: Positive
    second_moments_mm4: Point2
    section_modulus_mm3: Positive


class Sections(Open):
    """The cuts with the least section modulus and with the largest area."""

    axis: Point | None = None
    weakest: Section | None = None
    largest: Section | None = None


class Void(Open):
    """A space that the material closes in."""

    volume_mm3: Positive
    area_mm2: Positive
    faces: list[Index]


class Shape(Open):
    """The shape as a whole."""

    symmetry: Symmetry
    minimal_cylinder: EnclosingCylinder | None = None
    convex_hull: ConvexHull | None = None
    sections: Sections
    voids: list[Void]
