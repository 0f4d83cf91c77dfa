"""How much volume does a body hold, and how is it spread? By closed formulas where they say it."""

from typing import Any

import numpy as np
from OCP.gp import gp_Pnt
from OCP.GProp import GProp_GProps

from geometry.kernel.explored import faces_of
from geometry.kernel.extraction import Extracted
from geometry.kernel.meshing import LINEAR_SHARE
from geometry.kernel.patches import cones_of_planes
from geometry.kernel.properties import cone_properties, inertia_of, volume_properties
from geometry.mesh import Mesh
from geometry.topology import surface_code

__all__ = ["solid_properties"]

TORUS = surface_code("torus")


def solid_properties(
    body: Any, extracted: Extracted, mesh: Mesh
) -> tuple[float, np.ndarray, np.ndarray]:
    """Volume mm³, centroid (3,) mm and inertia (3, 3) mm⁵ about the centroid of a body.

    extracted: its faces with their senses and outward axes; mesh: decides the sign, since the
    volume of an inverted body is negative, and whether the formulas can be right.
    """
    faces = extracted.faces
    # a face that occurs twice in its body counts twice, or takes away what it adds
    once = sum(1 for _ in faces_of(body)) == len(faces)
    if once:
        volume, centroid, inertia = _summed(extracted)
        off = abs(volume - mesh.volume_mm3)
        if off <= LINEAR_SHARE * mesh.diagonal_mm * float(faces["area_mm2"].sum()):
            return volume, centroid, inertia
    return volume_properties(
        body,
        mesh.volume_mm3,
        freeform=bool((faces["surface"] > TORUS).any()),
        long_splines=bool(extracted.within_long.any()),
    )


def _summed(extracted: Extracted) -> tuple[float, np.ndarray, np.ndarray]:
    """Volume, centroid and inertia as the sum of the cones over all faces; the kernel integrates
    those of which neither formulas nor rims nor meshes tell.
    """
    faces, tip = extracted.faces, extracted.tip_mm
    cones = cones_of_planes(faces, extracted.outlines, tip)
    turned = np.flatnonzero(~np.isnan(extracted.cones.volume_mm3))
    cones.put(turned, extracted.cones.of(turned), faces["sense"][turned])
    rest = np.flatnonzero(~np.isnan(extracted.own_cones.volume_mm3))
    cones.put(rest, extracted.own_cones.of(rest))
    volumes, firsts, seconds = cones.volume_mm3, cones.first, cones.second
    told = ~np.isnan(volumes)
    volume, first, second = volumes[told].sum(), firsts[told].sum(axis=0), seconds[told].sum(axis=0)
    if not told.all():
        place = gp_Pnt(*tip.tolist())
        untold = GProp_GProps(place)
        for face in np.flatnonzero(~told).tolist():
            cone = cone_properties(
                extracted.shapes[face],
                place,
                freeform=bool(faces["surface"][face] > TORUS),
                long_splines=bool(extracted.within_long[face]),
            )
            untold.Add(cone)
        amount, centre = untold.Mass(), np.array(untold.CentreOfMass().Coord()) - tip
        spread = inertia_of(untold)
        volume, first = volume + amount, first + amount * centre
        second = (
            second + np.trace(spread) / 2 * np.eye(3) - spread + amount * np.outer(centre, centre)
        )
    centroid = first / volume
    second = second - volume * np.outer(centroid, centroid)
    return float(volume), tip + centroid, np.trace(second) * np.eye(3) - second
