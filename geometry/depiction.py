"""What is shown of a part, and what is it known by among others? The viewer's mesh, its picture
and its descriptor.

No judgement needs them: an examination makes them where they are asked for at once, and from its
digest where somebody asks later. Both give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from geometry.descriptor import describe
from geometry.digest import unpack
from geometry.display import gltf_binary
from geometry.fields.fields import Fields
from geometry.fields.shading import painted
from geometry.part import Part
from geometry.picture import picture
from geometry.surfaces import corner_normals

__all__ = ["depict", "depict_digest"]


def depict(
    part: Part, index: int, fields: Fields, standard: Mapping[str, Any] | None
) -> dict[str, bytes]:
    """The blobs of a part: `<index>.glb`, `<index>.png`, `<index>.descriptor`.

    standard: what `geometry.standard_parts` says of it.
    """
    mesh, scalars = painted(fields)
    return {
        f"{index}.glb": gltf_binary(mesh, scalars=scalars),
        f"{index}.png": picture(part.mesh, colour=part.colour, scene=fields.scene),
        f"{index}.descriptor": describe(part, None if standard is None else dict(standard)),
    }


def depict_digest(packed: bytes, standards: Sequence[Mapping[str, Any] | None]) -> dict[str, bytes]:
    """The blobs of all parts of an examined file from its digest; standards: one for each part."""
    blobs: dict[str, bytes] = {}
    parts = unpack(packed).document.parts
    for index, (part, standard) in enumerate(zip(parts, standards, strict=True)):
        normals = corner_normals(part.topology.faces, part.mesh.normals, part.mesh)
        whole = replace(part, mesh=replace(part.mesh, vertex_normals=normals))
        blobs |= depict(whole, index, Fields(whole), standard)
    return blobs
