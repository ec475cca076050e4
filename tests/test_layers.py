"""The import rules of the package: who may import what, and what it needs besides."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import obspy_tng

ROOT = Path(obspy_tng.__file__).parent

# What each part of the package may import from the package, and whether it may import torch.
# Every file falls under the row with the longest matching prefix; a part may import itself.
BASE = ("exceptions", "_version", "_checks", "_random", "_page")
SIGNAL = (*BASE, "signal")
STATISTICS = (*SIGNAL, "groundmotion")
RECORDS = (*STATISTICS, "records")
SOURCES = (*RECORDS, "io", "archive", "metadata", "simulate", "hvsr_curves")
MIDDLE = (*SOURCES, "plotting", "evaluation", "training", "suites")
GENERATORS = (*MIDDLE, "station_generator", "models", "methods")
ALL = (*GENERATORS, "generator", "baselines", "runs")
LAYERS = {
    "__init__.py": ALL,  # lazily
    "__main__.py": ("scripts",),
    "_version.py": (),
    "exceptions.py": (),
    "_checks.py": BASE,
    "_random.py": BASE,
    "_page.py": BASE,
    "signal": SIGNAL,
    "models": BASE,
    "groundmotion": STATISTICS,
    "records": RECORDS,
    "io": RECORDS,
    "archive": (*RECORDS, "io"),
    "metadata.py": RECORDS,
    "simulate": (*RECORDS, "metadata"),
    "hvsr_curves.py": (*RECORDS, "hvsr_files", "plotting"),
    "hvsr_files.py": BASE,
    "plotting": (*SIGNAL, "records", "hvsr_curves", "evaluation"),
    "evaluation": (*SOURCES, "plotting"),
    "training": SOURCES,
    "suites": (*SOURCES, "plotting"),
    "station_generator.py": SOURCES,
    "methods": GENERATORS,
    "generator.py": GENERATORS,
    "baselines": (*GENERATORS, "generator"),
    "runs": ALL,
    "scripts": ALL,
}
PUBLIC = {*obspy_tng.__all__, "plotting"}
TORCH = ("models", "training", "methods", "generator.py", "baselines")
NO_STREAMS = ("signal", "models", "groundmotion")  # arrays only


def imports_of(path):
    """Full dotted names that a module imports, at any depth of its code."""
    package = ("obspy_tng", *path.relative_to(ROOT).parts[:-1])
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[:len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, *filter(None, [node.module])))
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    return names


def row_of(path):
    """The row of :data:`LAYERS` that a file falls under."""
    part = path.relative_to(ROOT).parts[0]
    assert part in LAYERS, f"{path.relative_to(ROOT)} falls under no row of LAYERS"
    return part


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")),
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_layer(path):
    part = row_of(path)
    names = imports_of(path)
    own = part.removesuffix(".py")
    for name in names:
        package, _, rest = name.partition(".")
        if package == "obspy_tng" and rest and not rest.startswith("__version__"):
            room = rest.split(".")[0]
            if part == "scripts" and rest in PUBLIC:
                continue
            assert room == own or room in LAYERS[part], f"{part} must not import {name}"
        if package == "torch":
            assert part in TORCH, f"{part} must not import torch"
        if part in NO_STREAMS:
            assert package != "obspy", f"{part} must not import obspy"


def test_no_circle():
    """No module imports itself, however far around."""
    modules = {".".join(p.relative_to(ROOT.parent).with_suffix("").parts)
               .removesuffix(".__init__"): p for p in ROOT.rglob("*.py")}
    graph = {name: {i for i in imports_of(path) if i in modules and i != name
                    and not name.startswith(i + ".")}  # a package is not its own importer
             for name, path in modules.items() if name != "obspy_tng"}
    graph = {name: {i for i in found if i != "obspy_tng"} for name, found in graph.items()}
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as err:
        pytest.fail(f"import circle: {' -> '.join(err.args[1])}")


def test_top_level_is_short():
    assert len(list(ROOT.glob("*.py"))) <= 12


def test_public_names_are_unique():
    """One word for one thing: no function or class has the name of another."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
                found.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    twice = {name: paths for name, paths in found.items() if len(paths) > 1}
    # hvsr and pick_f0 of arrays in signal, those of Streams and curves in hvsr_curves
    assert set(twice) == {"hvsr", "pick_f0"}, twice


# modules whose tests are elsewhere, and why
TESTED_ELSEWHERE = {
    "records/c_libraries.py": "a lock, held wherever MiniSEED is read: runs/test_faults.py",
    "runs/collect.py": "the kind of run that runs/test_loop.py and its neighbours test",
    "methods/tng/fitted.py": "holds two models: methods/tng/test_method.py",
}
# each format has the same tests, over samples of all: io/test_readers.py and others
TESTED_TOGETHER = "io"


@pytest.mark.parametrize("path", [p for p in sorted(ROOT.rglob("*.py"))
                                  if not p.stem.startswith("__") and p.stem != "_version"],
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_has_a_test_file(path):
    """``tests/`` mirrors the package: ``room/module.py`` is tested in ``room/test_module.py``."""
    part = path.relative_to(ROOT)
    test = Path(__file__).parent / part.parent / f"test_{part.name.removeprefix('_')}"
    elsewhere = str(part) in TESTED_ELSEWHERE or str(part.parent) == TESTED_TOGETHER
    assert test.exists() != elsewhere, (
        f"{part} has both: take it off TESTED_ELSEWHERE" if elsewhere else
        f"{part} has no tests: write {test.relative_to(Path(__file__).parent.parent)}")


def test_import_is_light():
    """
    Importing the package, its io and its signal part must not bring torch in.

    The process of a run of collecting has no use for scipy.signal, whose import takes 0.5 s.
    """
    code = ("import sys, obspy_tng, obspy_tng.io, obspy_tng.signal, obspy_tng.runs.collect;"
            "assert not {'torch', 'matplotlib.pyplot', 'scipy.signal'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


def asked_by_setup():
    """What setup.py asks for: its arguments for Python and packages."""
    setup = ROOT.parent / "setup.py"
    if not setup.exists():
        pytest.skip("installed without its recipe")
    call = next(node for node in ast.walk(ast.parse(setup.read_text("utf-8")))
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setup")
    return {k.arg: ast.literal_eval(k.value) for k in call.keywords
            if k.arg in ("install_requires", "python_requires")}


def test_lowest_versions_are_those_of_setup():
    """recipe/lowest.txt, the constraints of the CI job on lowest versions."""
    bounds = dict(re.fullmatch(r"([\w-]+)>=(.*)", item).groups()
                  for item in asked_by_setup()["install_requires"])
    text = (ROOT.parent / "recipe" / "lowest.txt").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w-]+)==([\d.]*\d)", text, re.MULTILINE))
    assert pinned.keys() == bounds.keys()
    for name, bound in bounds.items():
        assert f"{bound}.".startswith(f"{pinned[name]}.") or f"{pinned[name]}.".startswith(
            f"{bound}."), name


def test_recipe_asks_for_what_setup_asks_for():
    """Version, Python and packages of the conda recipe, under conda's names."""
    needed, recipe = asked_by_setup(), ROOT.parent / "recipe" / "meta.yaml"
    conda = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
    expected = {"python": needed["python_requires"]}
    for name, bound in (re.fullmatch(r"([\w-]+)(.*)", item).groups()
                        for item in needed["install_requires"]):
        expected[conda.get(name, name)] = bound
    text = recipe.read_text("utf-8")
    run = re.search(r"^  run:\n((?:    - .*\n)+)", text, re.MULTILINE)[1]
    assert dict(re.findall(r"- (\S+) (\S+)", run)) == expected
    assert f'{{% set version = "{obspy_tng.__version__}" %}}' in text
