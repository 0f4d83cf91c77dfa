"""The kernel's threads: what a fork does not inherit must not be waited for."""

import os
import subprocess
import sys

import numpy as np
import pytest
from OCP.IMeshTools import IMeshTools_Parameters
from shapes import part_of

from geometry.kernel import meshing

MESH_THEN_FORK = """
import os
import cadquery as cq
from geometry.kernel.meshing import triangulate

def mesh():
    return len(triangulate(cq.Workplane().box(9, 9, 9).edges().fillet(2).val().wrapped).corners_mm)

before = mesh()
child = os.fork()
if not child:
    os._exit(0 if mesh() == before else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_process_forked_from_one_that_meshed_meshes_too():
    ended = subprocess.run([sys.executable, "-c", MESH_THEN_FORK], timeout=120, check=False)
    assert ended.returncode == 0


@pytest.mark.parametrize("cores", [1, 4])
def test_threads_are_used_where_there_are_cores_and_give_the_same_triangles(monkeypatch, cores):
    import cadquery as cq

    asked = []

    class Parameters(IMeshTools_Parameters):
        def __setattr__(self, name, value):
            if name == "InParallel":
                asked.append(value)
            super().__setattr__(name, value)

    monkeypatch.setattr("geometry.kernel.threads.usable_cores", lambda: cores)
    monkeypatch.setattr(meshing, "IMeshTools_Parameters", Parameters)
    shape = cq.Workplane().box(40, 30, 20).edges().fillet(4).faces(">Z").workplane().hole(8)
    mesh = part_of(shape).mesh
    assert asked and all(value is (cores > 1) for value in asked)
    monkeypatch.setattr(meshing, "may_share", lambda: False)
    alone = part_of(shape).mesh
    assert np.array_equal(mesh.vertices_mm, alone.vertices_mm)
    assert np.array_equal(mesh.triangles, alone.triangles)
