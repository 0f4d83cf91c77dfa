"""Which of a STEP text is no more than the picture of its annotations?

Modellers write every dimension out once more as lines and triangles, letter by letter: up to three
quarters of a file, which the kernel parses number by number and nobody looks at.
"""

import re

__all__ = ["without_drawn_notes"]

_NAME = rb"\s*\(\s*'(?:[^']|'')*'\s*,"
_OF_POINTS = _NAME + rb"\s*#\d+\s*,"
# what is drawn of an annotation: how its entity begins, and what is left of it: three points, the
# line through them and the triangle between them
_PICTURES = (
    (b"COORDINATES_LIST", re.compile(_NAME), b"3,((0.,0.,0.),(1.,0.,0.),(0.,1.,0.)))"),
    (b"TESSELLATED_CURVE_SET", re.compile(_OF_POINTS), b"((1,2,3)))"),
    (
        b"COMPLEX_TRIANGULATED_SURFACE_SET",
        re.compile(_OF_POINTS),
        b"3,((0.,0.,1.)),(),((1,2,3)),())",
    ),
)
_OF_NUMBERS = b"0123456789.,eE+-() \t\r\n"
# whatever else is made of triangles may be a body
_OF_TRIANGLES = (b"TESSELLATED_", b"TRIANGULATED_")
_OF_ANNOTATIONS = (
    b"TESSELLATED_ANNOTATION_OCCURRENCE",
    b"TESSELLATED_CURVE_SET",
    b"TESSELLATED_GEOMETRIC_SET",
    b"TESSELLATED_ITEM",
    b"TESSELLATED_SHAPE_REPRESENTATION",
    b"COMPLEX_TRIANGULATED_SURFACE_SET",
)


def without_drawn_notes(data: bytes) -> bytes:
    """STEP text with a triangle in place of each picture of an annotation; the text itself where
    anything else is made of triangles.

    Source: ISO 10303-42, tessellated shape model: coordinates, and what refers to them.
    """
    kept: list[tuple[int, int, bytes]] = []
    for word, begin, picture in _PICTURES:
        at = data.find(word)
        while at >= 0:
            begun = begin.match(data, at + len(word))
            end = -1 if begun is None else data.find(b";", begun.end())
            if begun is None or end < 0 or data[begun.end() : end].translate(None, _OF_NUMBERS):
                return data
            kept.append((begun.end(), end, picture))
            at = data.find(word, end)
    if not kept:
        return data
    pieces, last = [], 0
    for start, end, picture in sorted(kept):
        pieces += [data[last:start], picture]
        last = end
    short = b"".join([*pieces, data[last:]])
    of_triangles, of_annotations = (
        sum(map(short.count, words)) for words in (_OF_TRIANGLES, _OF_ANNOTATIONS)
    )
    return short if of_triangles == of_annotations else data
