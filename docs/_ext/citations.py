"""
One bibliography from the literature lists of the modules.

A module that follows a publication defines it at the end of its docstring. Pages of
the API reference would repeat these lists (and Sphinx wants each label once), so they are
taken out of the docstrings, and the directive ``citations`` writes all of them, sorted.
"""

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList

import obspy_tng

DEFINITION = re.compile(r"^\s*\.\. \[([A-Z]\w*)\] ")


def split(lines):
    """Divide the lines of a docstring into text and literature, ``{label: text}``."""
    text, found, label = [], {}, None
    for line in lines:
        match = DEFINITION.match(line)
        if match:
            label = match.group(1)
            found[label] = line[match.end():].strip()
        elif label and line.startswith(" ") and line.strip():
            found[label] += " " + line.strip()
        else:
            label = None
            text.append(line)
    return text, found


def all_citations():
    """Literature of the whole package, ``{label: text}``; the longest text of each."""
    literature = {}
    for path in sorted(Path(obspy_tng.__file__).parent.rglob("*.py")):
        for label, text in split(path.read_text("utf-8").splitlines())[1].items():
            if len(text) > len(literature.get(label, "")):
                literature[label] = text
    return dict(sorted(literature.items(), key=lambda item: item[0].lower()))


class Citations(Directive):
    """The literature of all modules."""

    def run(self):
        # the modules may have changed where this page has not
        self.state.document.settings.env.note_reread()
        lines = []
        for label, text in all_citations().items():
            lines += [f".. [{label}] {text}", ""]
        node = nodes.section()
        node.document = self.state.document
        self.state.nested_parse(StringList(lines, "modules"), 0, node)
        return node.children


def take_out(app, what, name, obj, options, lines):
    """autodoc: no literature in the docstring itself."""
    lines[:] = split(lines)[0]


def setup(app):
    app.add_directive("citations", Citations)
    app.connect("autodoc-process-docstring", take_out)
    return {"parallel_read_safe": True}
