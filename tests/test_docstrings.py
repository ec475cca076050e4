"""Docstrings describe the arguments that there are: ``:param`` fields against signatures."""

import ast
import re
from pathlib import Path

import pytest

import obspy_tng

ROOT = Path(obspy_tng.__file__).parent
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def arguments(function):
    """Names of a function's arguments, in order and without self and cls."""
    a = function.args
    names = [arg.arg for arg in (*a.posonlyargs, *a.args, *filter(None, [a.vararg]),
                                 *a.kwonlyargs, *filter(None, [a.kwarg]))]
    return [name for name in names if name not in ("self", "cls")]


def fields(node):
    """Names in the ``:param`` fields of a docstring, in order; a field may have several."""
    found = re.findall(r"^\s*:param ([^:]+):", ast.get_docstring(node) or "", re.MULTILINE)
    return [name.strip() for names in found for name in names.split(",")]


def undescribed(function):
    """
    Arguments without a field that the docstring does not name in other words either.

    Keywords that are passed on (``**kwargs``) and private ones need no field.
    """
    text = ast.get_docstring(function)
    if function.name.startswith("_") or "as are all arguments" in text:
        return []
    passed_on = function.args.kwarg.arg if function.args.kwarg else None
    return [name for name in arguments(function) if name not in fields(function)
            and name != passed_on and not name.startswith("_") and f"``{name}``" not in text]


def described(tree):
    """Each thing with ``:param`` fields, the names there, those that it takes, those forgotten."""
    for node in ast.walk(tree):
        if isinstance(node, FUNCTIONS) and fields(node):
            yield node.name, fields(node), arguments(node), undescribed(node)
        elif isinstance(node, ast.ClassDef) and fields(node):
            inits = [n for n in node.body if isinstance(n, FUNCTIONS) and n.name == "__init__"]
            if inits:
                yield node.name, fields(node), arguments(inits[0]), []
            elif any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                yield node.name, fields(node), [
                    n.target.id for n in node.body
                    if isinstance(n, ast.AnnAssign)
                    and "ClassVar" not in ast.unparse(n.annotation)], []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")),
                         ids=lambda p: str(p.relative_to(ROOT)))
def test_documented_parameters_are_those_of_the_signature(path):
    """
    A class may leave out what another class describes, and a dataclass what it fills itself; a
    function that has ``:param`` fields describes all of its arguments, in their order.
    """
    for name, documented, taken, forgotten in described(ast.parse(path.read_text("utf-8"))):
        assert [n for n in documented if n not in taken] == [], f"{name} takes no such argument"
        assert documented == [n for n in taken if n in documented], f"{name}: order"
        assert forgotten == [], f"{name}: not described"
