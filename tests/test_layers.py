"""The import rules of the package: who may import what, and what it needs besides."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import obspy_tng

ROOT = Path(obspy_tng.__file__).parent

# part of the package -> what it must never import
FORBIDDEN = {
    "signal": {"torch", "obspy_tng.records", "obspy_tng.generator", "obspy_tng.models",
               "obspy_tng.evaluation", "obspy_tng.training", "obspy_tng.baselines",
               "obspy_tng.archive", "obspy_tng.simulate", "obspy_tng.io"},
    "models": {"obspy", "obspy_tng.records", "obspy_tng.generator", "obspy_tng.signal",
               "obspy_tng.evaluation", "obspy_tng.training"},
    "sampling.py": {"obspy", "obspy_tng.records", "obspy_tng.generator"},
    "records.py": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "preparation.py": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "site.py": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "metadata.py": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    **{part: {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"}
       for part in ("windowing.py", "quality.py", "response.py", "plan.py", "collecting.py",
                    "records_store.py", "records_sds.py", "packing.py", "files.py",
                    "threadsafe.py", "runs/job.py", "runs/manifest.py", "runs/pool.py",
                    "runs/outputs.py", "runs/loop.py", "runs/shards.py", "runs/collect.py",
                    "runs/evaluate.py")},
    "archive.py": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "simulate": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "io": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training"},
    "evaluation": {"torch", "obspy_tng.generator", "obspy_tng.models", "obspy_tng.training",
                   "obspy_tng.baselines", "obspy_tng.archive"},
}


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


def modules_of(part):
    path = ROOT / part
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


@pytest.mark.parametrize("part", FORBIDDEN)
def test_layer(part):
    for path in modules_of(part):
        for name in imports_of(path):
            bad = [f for f in FORBIDDEN[part] if name == f or name.startswith(f + ".")]
            assert not bad, f"{path.relative_to(ROOT)} imports {name}"


def test_nothing_imports_scripts():
    for path in ROOT.rglob("*.py"):
        if "scripts" not in path.relative_to(ROOT).parts:
            assert not any(n.startswith("obspy_tng.scripts") for n in imports_of(path)), path


def test_import_is_light():
    """Importing the package, its io and its signal part must not bring torch in."""
    code = ("import sys, obspy_tng, obspy_tng.io, obspy_tng.signal, obspy_tng.archive;"
            "assert not {'torch', 'matplotlib.pyplot'} & set(sys.modules)")
    subprocess.run([sys.executable, "-c", code], check=True)


def test_recipe_asks_for_what_setup_asks_for():
    """Version, Python and packages of the conda recipe, under conda's names."""
    setup, recipe = ROOT.parent / "setup.py", ROOT.parent / "recipe" / "meta.yaml"
    if not recipe.exists():
        pytest.skip("installed without its recipe")
    call = next(node for node in ast.walk(ast.parse(setup.read_text("utf-8")))
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "setup")
    needed = {k.arg: ast.literal_eval(k.value) for k in call.keywords
              if k.arg in ("install_requires", "python_requires")}
    conda = {"torch": "pytorch", "matplotlib": "matplotlib-base"}
    expected = {"python": needed["python_requires"]}
    for name, bound in (re.fullmatch(r"([\w-]+)(.*)", item).groups()
                        for item in needed["install_requires"]):
        expected[conda.get(name, name)] = bound
    text = recipe.read_text("utf-8")
    run = re.search(r"^  run:\n((?:    - .*\n)+)", text, re.MULTILINE)[1]
    assert dict(re.findall(r"- (\S+) (\S+)", run)) == expected
    assert f'{{% set version = "{obspy_tng.__version__}" %}}' in text
