"""Self-contained HTML pages, readable from a phone to a desktop: style, tables, figures."""

import base64
import io
from html import escape

DPI = 100
STYLE = """
body {font: 16px/1.5 system-ui, sans-serif; color: #222; max-width: 1250px; margin: 1.5em auto;
      padding: 0 1em; overflow-wrap: break-word}
h1 {font-size: 1.6em; line-height: 1.25} h3 {font-size: 1.05em; margin: .8em 0 .3em}
h2 {font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #ccc}
.scroll {overflow-x: auto; margin: .6em 0}
table {border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums}
th, td {padding: 2px 9px; text-align: right; border-bottom: 1px solid #eee}
th:first-child, td:first-child {text-align: left}
th {border-bottom: 1px solid #888; vertical-align: bottom}
tr.question td {font-weight: 600; padding-top: .9em}
.figures {display: grid; gap: .5em 1.5em;
          grid-template-columns: repeat(auto-fit, minmax(min(100%, 34em), 1fr))}
figure {margin: 0; min-width: 0} figcaption {font-weight: 600; font-size: .95em}
img {max-width: 100%; height: auto; display: block; margin: .3em 0 .8em}
nav ul {list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3em 1.2em}
a, summary {color: #0b5f8a} summary {cursor: pointer} .note {color: #555; max-width: 60em}
.answer {font-size: 1.1em; background: #f3f6f9; border-left: 4px solid #0b5f8a;
         padding: .6em 1em; max-width: 60em} .answer p {margin: .3em 0}
dt {font-weight: 600} dd {margin: 0 0 .5em 1em}
@media (max-width: 600px) {body {padding: 0 .7em} th, td {padding: 2px 5px}
      table {font-size: 13px} dd {margin-left: 0}}
"""


def page(title, body, style=""):
    """
    A whole page.

    :param title: plain text.
    :param body: HTML.
    :param style: more CSS.
    :return: str
    """
    return ("<!doctype html><html lang='en'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width, initial-scale=1'>"
            f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>\n"
            f"{body}\n</body></html>\n")


def scrolled(table):
    """
    A table that scrolls by itself where the screen is narrower.

    :param table: HTML of a table.
    :return: str
    """
    return f"<div class='scroll'>{table}</div>"


def image(figure, description):
    """
    A figure as an image inside the page.

    :param figure: :class:`matplotlib.figure.Figure`.
    :param description: plain text, for whoever does not see it.
    :return: str
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    width, height = (round(DPI * inches) for inches in figure.get_size_inches())
    return (f"<img width='{width}' height='{height}' alt='{escape(description, quote=True)}' "
            f"src='data:image/png;base64,{data}'>")


def captioned(figure, title, description=None):
    """
    A figure with its title above.

    :param figure: :class:`matplotlib.figure.Figure`.
    :param title: plain text.
    :param description: see :func:`image`; the title if it is not given.
    :return: str
    """
    return (f"<figure><figcaption>{escape(title)}</figcaption>"
            f"{image(figure, description or title)}</figure>")


def facts(pairs):
    """
    A table of names and values.

    :param pairs: iterable of (name, value), plain text.
    :return: str
    """
    return scrolled("<table>" + "".join(f"<tr><td>{escape(str(name))}</td>"
                                        f"<td>{escape(str(value))}</td></tr>"
                                        for name, value in pairs) + "</table>")
