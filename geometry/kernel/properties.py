"""How much volume does a body hold, exactly?"""

from typing import Any

import numpy as np
from OCP.BRepGProp import BRepGProp
from OCP.GProp import GProp_GProps

__all__ = ["volume_properties"]

# asked of the adaptive integration; the plain one is off by 0.8 % on a cylinder written as NURBS
RELATIVE_ERROR = 1e-4


def volume_properties(
    body: Any, mesh_volume_mm3: float, *, freeform: bool
) -> tuple[float, np.ndarray, np.ndarray]:
    """Volume mm³, centroid (3,) mm and inertia (3, 3) mm⁵ about the centroid, from the surfaces
    themselves.

    `mesh_volume_mm3` only decides the sign: the kernel's volume of an inverted body is negative.
    freeform: whether any face is; without one the plain integration is as good and twice as fast.
    """
    properties = GProp_GProps()
    if freeform:
        BRepGProp.VolumeProperties_s(body, properties, RELATIVE_ERROR, False, False)
    else:
        BRepGProp.VolumeProperties_s(body, properties, False, False, False)
    volume, centre, matrix = (
        properties.Mass(),
        properties.CentreOfMass(),
        properties.MatrixOfInertia(),
    )
    sign = 1.0 if volume * mesh_volume_mm3 >= 0 else -1.0
    inertia = np.array([[matrix.Value(i, j) for j in (1, 2, 3)] for i in (1, 2, 3)])
    return sign * volume, np.array([centre.X(), centre.Y(), centre.Z()]), sign * inertia
