"""Imports go one way, heavy libraries stay where they belong, and modules stay readable."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("geometry", "workbench", "samples")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = ("OCP", "open3d", "nicegui", "cadquery")
LONGEST_MODULE = 500  # lines; 400 is the habit, past 500 a module does two jobs
LARGEST_FILE = 3_000_000  # bytes; a sample model or a picture, not a data set

# Who alone may say the name of a library; a place is a folder or a file.
HOMES = {
    "OCP": ("geometry/kernel", "samples", "tests"),
    "cadquery": ("samples", "tests"),
    "open3d": ("geometry/fields/rays.py", "tests"),
    "nicegui": ("workbench/web", "tests"),
    "sqlalchemy": ("workbench", "tests"),
    "typer": (),
}

# Each layer may import those before it and itself, never those after. A module that is not named
# here belongs to the last layer of its package.
GEOMETRY_LAYERS = (
    ("geometry", "geometry.errors"),
    (
        "geometry.screening",
        "geometry.drawn_notes",
        "geometry.materials",
        "geometry.annotations",
        "geometry.units",
        "geometry.vectors",
        "geometry.components",
        "geometry.assignment",
        "geometry.rectangles",
        "geometry.runs",
        "geometry.cores",
        "geometry.heap",
        "geometry.tables",
    ),
    ("geometry.kernel", "geometry.topology", "geometry.mesh", "geometry.mass", "geometry.surfaces"),
    ("geometry.joining", "geometry.shells"),
    ("geometry.step", "geometry.part", "geometry.copies"),
    ("geometry.fields", "geometry.picture", "geometry.display"),
    ("geometry.features", "geometry.flat", "geometry.strip", "geometry.flat_drawing"),
    ("geometry.folding", "geometry.bend_order"),
    ("geometry.surroundings",),
    (
        "geometry.processes",
        "geometry.partial_motions",
        "geometry.standard_parts",
        "geometry.alignment",
    ),
    ("geometry.partial",),
    ("geometry.digest", "geometry.beside", "geometry.side"),
    ("geometry.descriptor",),
    ("geometry.similarity", "geometry.comparison", "geometry.assemblies", "geometry.deviation_map"),
    ("geometry.embedding",),
    ("geometry.depiction",),
    ("geometry.analysis",),
    ("geometry.preload",),  # what a forked worker finds ready: the whole way through
)
FACES = ("workbench.cli", "workbench.__main__", "workbench.web")


def name_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """(name, line) of every module that a file imports, wherever in the file it does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                stem = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*stem, base] if base else stem)
            yield from (
                (f"{base}.{alias.name}" if is_module(f"{base}.{alias.name}") else base, node.lineno)
                for alias in node.names
            )


def is_module(name):
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def inside(name, package):
    return name == package or name.startswith(package + ".")


def layer_of(name):
    """The row of the most exact entry that covers a module; the last row when none does."""
    best = ("", len(GEOMETRY_LAYERS) - 1)
    for row, layer in enumerate(GEOMETRY_LAYERS):
        for entry in layer:
            covers = name == entry or (entry != "geometry" and inside(name, entry))
            if covers and len(entry) > len(best[0]):
                best = (entry, row)
    return best[1]


def offences(rule):
    """`path:line name` of every import that breaks a rule(module, imported, path)."""
    return [
        f"{path.relative_to(ROOT)}:{line} imports {imported}"
        for path in MODULES
        for imported, line in imports_of(path)
        if rule(name_of(path), imported, path.relative_to(ROOT).as_posix())
    ]


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_named_in_its_home_alone(library):
    homes = HOMES[library]
    assert not offences(
        lambda _module, imported, path: (
            inside(imported, library)
            and not any(path == home or path.startswith(home + "/") for home in homes)
        )
    )


def test_geometry_knows_nothing_of_the_application():
    assert not offences(
        lambda module, imported, _path: (
            inside(module, "geometry")
            and any(inside(imported, other) for other in ("workbench", "samples", "tests"))
        )
    )


def test_geometry_imports_go_one_way():
    assert not offences(
        lambda module, imported, _path: (
            inside(module, "geometry")
            and inside(imported, "geometry")
            and layer_of(imported) > layer_of(module)
        )
    )


def test_services_do_not_know_the_faces():
    assert not offences(
        lambda module, imported, _path: (
            inside(module, "workbench")
            and not any(inside(module, face) for face in FACES)
            and any(inside(imported, face) for face in FACES)
        )
    )


def test_the_two_faces_do_not_know_each_other_but_for_serving():
    assert not offences(
        lambda module, imported, _path: (
            inside(module, "workbench.web") and inside(imported, "workbench.cli")
        )
    )


@pytest.mark.parametrize(
    "code",
    [
        "import geometry",
        "import workbench",
        "import workbench.language",
        "import workbench.doctor",
        "import sys; from workbench.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert not end.code",
    ],
)
def test_a_light_start_loads_no_heavy_library(code):
    question = f"\nimport sys; print('loaded:', sorted(set(sys.modules) & set({HEAVY!r})))"
    run = subprocess.run(
        [sys.executable, "-c", code + question],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines()[-1] == "loaded: []"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_says_what_it_answers_and_what_it_offers(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the first line says which question the module answers"
    if path.parts[len(ROOT.parts)] == "samples" or "migrations" in path.parts:
        return  # drawn by one script; read by Alembic, by names of its own
    assigned = {
        target.id
        for node in tree.body
        if isinstance(node, (ast.Assign, ast.AnnAssign))
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert "__all__" in assigned


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_is_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE


def tracked_files():
    run = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if run.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return [ROOT / name for name in run.stdout.decode().split("\0") if name]


def test_no_file_is_too_large_for_a_repository():
    sizes = {path: path.stat().st_size for path in tracked_files() if path.is_file()}
    assert not [path.name for path, size in sizes.items() if size > LARGEST_FILE]


def test_no_file_names_the_host_of_a_package_registry():
    # spelled in pieces, or this file would be the first to be found
    hosts = [
        "py" + "pi.org",
        "pythonhosted" + ".org",
        "npm" + "js.org",
        "npm" + "js.com",
        "deb.deb" + "ian.org",
    ]
    named = [
        f"{path.relative_to(ROOT)} names {host}"
        for path in tracked_files()
        if path.is_file()
        for content in [path.read_bytes()]
        for host in hosts
        if host.encode() in content
    ]
    assert not named
