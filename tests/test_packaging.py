"""What the package promises to be installed with."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


def extras():
    setup = ROOT / "setup.py"
    if not setup.exists():
        pytest.skip("installed without its setup.py")
    tree = ast.parse(setup.read_text("utf-8"))
    return next(ast.literal_eval(node.value) for node in tree.body
                if isinstance(node, ast.Assign) and node.targets[0].id == "EXTRAS")


def test_make_installs_every_extra():
    """All but the documentation's, which `make docs` installs."""
    text = (ROOT / "Makefile").read_text("utf-8")
    installed = re.search(r"^EXTRAS \?= (.*)$", text, re.MULTILINE)[1].split(",")
    assert set(installed) == set(extras()) - {"docs"}
    assert '".[$(EXTRAS)]"' in text


@pytest.mark.parametrize(("extra", "module"), [("target", "pygmm"), ("match", "reqpy_M"),
                                               ("dask", "distributed"),
                                               ("tensorboard", "tensorboard")])
def test_extras_are_here(extra, module):
    assert extra in extras()
    if extra == "match" and np.lib.NumpyVersion(np.__version__) < "2.0.0":
        pytest.skip("reqpy-M's code asks for NumPy 2")
    assert find_spec(module) is not None, f"pip install '.[{extra}]'"
