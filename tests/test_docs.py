"""Documentation that runs: the quickstart, the front page, the gallery's list, the bibliography."""

import ast
import itertools
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

import obspy_tng

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
GALLERY = ROOT / "examples" / "gallery"

pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="installed without its documentation")


def rst_blocks(path):
    """Python code of ``code-block`` directives."""
    blocks = re.findall(r"^\.\. code-block:: python\n\n((?:   .*\n|\n)+)", path.read_text("utf-8"),
                        re.MULTILINE)
    return [re.sub(r"^   ", "", block, flags=re.MULTILINE) for block in blocks]


def readme_blocks():
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def run(blocks, folder, monkeypatch):
    """Run blocks of code one after the other, in a folder of their own and without a screen."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    names = {}
    for block in blocks:
        exec(compile(block, "documentation", "exec"), names)
    return names


def test_quickstart(tmp_path, monkeypatch):
    """Word for word."""
    names = run(rst_blocks(DOCS / "quickstart.rst"), tmp_path, monkeypatch)
    assert {p.name for p in tmp_path.iterdir()} == {"hvsr.png", "records.png", "report.html",
                                                    "model", "record.mseed", "synthetic.xml"}
    assert names["report"].value("specificity") > 0.5


@pytest.mark.filterwarnings("ignore::UserWarning")  # figures cannot be shown without a screen
def test_readme(tmp_path, monkeypatch):
    """Word for word."""
    simulated, archive, alone = readme_blocks()
    names = run([simulated, alone], tmp_path, monkeypatch)
    assert len(names["streams"]) == 20
    hvsr, network, generator = names["hvsr"], names["network"], names["gen"]
    found = {station: hvsr(generator.generate(station, n=20, seed=0, magnitude=6.5,
                                              distance=40)).peak.f0 for station in network.sites}
    stated = re.search(r"# ([\d.]+) and ([\d.]+) Hz", simulated).groups()
    assert stated == (f"{found['SM.S002']:.2f}", f"{network.sites['SM.S002'].f0:.2f}")
    assert found == pytest.approx({s: site.f0 for s, site in network.sites.items()}, rel=0.1)
    text = " ".join((ROOT / "README.md").read_text("utf-8").split())
    assert f"`SM.S001` of this one, with {found['SM.S001']:.1f} instead of 8.1 Hz" in text
    obspy_tng.simulate.write_archive(obspy_tng.simulate_network(1, 2, window=150.0), tmp_path)
    assert run([archive], tmp_path, monkeypatch)["records"]


def test_front_page_is_the_readme():
    """The lines of the documentation's front page are in the README."""
    (block,) = rst_blocks(DOCS / "index.rst")
    assert block.splitlines()[:6] == readme_blocks()[0].splitlines()[:6]


def test_code_of_the_pages_is_python():
    for path in (*DOCS.glob("*.rst"), *DOCS.glob("guide/*.rst")):
        for block in rst_blocks(path):
            ast.parse(block, filename=path.name)


def test_references_are_in_the_bibliography(monkeypatch):
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    import citations
    known = citations.all_citations()
    pages = [*Path(obspy_tng.__file__).parent.rglob("*.py"), *DOCS.glob("*.rst"),
             *DOCS.glob("guide/*.rst"), *GALLERY.glob("*.py")]
    for path in pages:
        for label in re.findall(r"\[([A-Z]\w+\d{4})\]_", path.read_text("utf-8")):
            assert label in known, f"{path.name} cites {label}"
    sys.modules.pop("citations")


ROLE = re.compile(r":(?:func|class|meth|data|attr|mod|exc):`(?:[^`<]*<)?~?\.?([\w.]+)>?`")


def exists(target, module):
    """Whether a reference names something: in its module, in its folder, or by its full name."""
    def has(thing, parts):
        for part in parts:
            if hasattr(thing, part):
                thing = getattr(thing, part)
            elif part in getattr(thing, "__annotations__", {}):
                thing = None
            elif hasattr(thing, "__path__") and find_spec(f"{thing.__name__}.{part}"):
                thing = import_module(f"{thing.__name__}.{part}")
            else:
                return False
        return True

    parts = target.split(".")
    spaces = [module, import_module(module.__name__.rpartition(".")[0] or "obspy_tng"), obspy_tng]
    spaces += [kind for kind in vars(module).values()
               if isinstance(kind, type) and kind.__module__ == module.__name__]
    if any(has(space, parts) for space in spaces):
        return True
    for length in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:length]))
        except ImportError:
            continue
        return has(found, parts[length:])
    return False


@pytest.mark.parametrize("path", sorted([*Path(obspy_tng.__file__).parent.rglob("*.py"),
                                         *DOCS.glob("*.rst"), *DOCS.glob("guide/*.rst")]),
                         ids=lambda path: path.name)
def test_references_name_what_exists(path):
    module = obspy_tng
    if path.suffix == ".py" and path.stem != "__main__":
        parts = path.relative_to(Path(obspy_tng.__file__).parents[1]).with_suffix("").parts
        module = import_module(".".join(parts).removesuffix(".__init__"))
    targets = set(ROLE.findall(path.read_text("utf-8")))
    assert not sorted(target for target in targets if not exists(target, module))


def test_every_module_is_in_the_reference():
    """No public module is forgotten in docs/api."""
    described = set(re.findall(r"automodule:: (\S+)", "".join(
        p.read_text("utf-8") for p in (DOCS / "api").glob("*.rst"))))
    root = Path(obspy_tng.__file__).parent
    for path in root.rglob("*.py"):
        parts = path.relative_to(root.parent).with_suffix("").parts
        name = ".".join(parts).removesuffix(".__init__")
        private = any(p.startswith("_") and p != "__init__" for p in parts)
        if private or "scripts" in parts or name in ("obspy_tng", "obspy_tng.models"):
            continue
        assert name in described, f"{name} is missing in docs/api"


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.rst")), ids=lambda p: p.stem)
def test_simple_tables_have_no_text_between_their_columns(page):
    """Sphinx calls such a table malformed, and building the documentation takes minutes."""
    columns, lines = None, page.read_text(encoding="utf-8").splitlines()
    for number, (line, following) in enumerate(itertools.pairwise([*lines, ""]), 1):
        if set(line.strip()) == {"=", " "}:  # the last ruler is followed by an empty line
            columns = [m.span() for m in re.finditer("=+", line)] if following.strip() else None
        elif columns:
            for (_, end), (start, _) in itertools.pairwise(columns):
                assert not line[end:start].strip(), f"{page.name}, line {number}: {line}"
