"""Parts of HTML pages: escaped, with images inside."""

import base64
import io

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import imread

from obspy_tng._page import DPI, captioned, facts, image, page, scrolled


def test_text_is_escaped():
    text = page("a <b> & c", "<p>body</p>", "p {color: red}")
    assert "<title>a &lt;b&gt; &amp; c</title>" in text
    assert "<p>body</p>" in text
    assert "p {color: red}</style>" in text
    table = facts([("a < b", 1.5)])
    assert "<td>a &lt; b</td><td>1.5</td>" in table
    assert table.startswith("<div class='scroll'><table>")
    assert scrolled("x") == "<div class='scroll'>x</div>"


def test_figures_are_inside():
    figure = Figure(figsize=(2, 1))
    html = captioned(figure, "title", 'says "so"')
    assert "<figcaption>title</figcaption>" in html
    assert "alt='says &quot;so&quot;'" in html
    assert image(figure, "title") in captioned(figure, "title")
    data = base64.b64decode(html.split("base64,")[1].split("'")[0])
    assert np.shape(imread(io.BytesIO(data)))[:2] == (DPI, 2 * DPI)
    assert f"width='{2 * DPI}' height='{DPI}'" in html
