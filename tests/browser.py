"""Pages in a real browser: what does not fit, what is broken. Debian's chromium, or a skip."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
#: widths of a desktop and of a phone, px
WIDTHS = (1400, 400)
# a frame of the width asked for: windows of a browser may not be narrower than 500 px
_FRAME = """<!doctype html><body><iframe id="f" src="{page}" style="width:{width}px;height:3000px;
border:0"></iframe><script>
document.getElementById("f").onload = function () {{
  const d = this.contentDocument, w = d.documentElement.clientWidth;
  const wide = [...d.querySelectorAll("body *")].filter(e => !e.closest(".scroll") &&
    e.getBoundingClientRect().right > w + 1).map(e => e.tagName + "." + e.className);
  const images = [...d.images];
  document.title = "done";
  document.body.insertAdjacentHTML("beforeend", "<pre id=r>" + JSON.stringify({{
    width: w, scroll: d.documentElement.scrollWidth, wide: wide.slice(0, 9),
    images: images.length, broken: images.filter(i => !i.naturalWidth).length,
    columns: new Set([...d.querySelectorAll(".figures figure")].map(
      e => Math.round(e.getBoundingClientRect().left))).size,
    anchors: [...d.querySelectorAll("a[href^='#']")].filter(
      a => !d.getElementById(a.getAttribute("href").slice(1))).length}}) + "</pre>");
}};</script></body>"""


def look(page, width):
    """
    Open a page in a browser.

    :param page: path of an HTML file.
    :param width: px.
    :return: dict: ``width`` and ``scroll`` (px; equal where nothing sticks out), ``wide``
        (elements that do), ``images``, ``broken`` (of them), ``columns`` of figures, and
        ``anchors`` (links inside of the page that lead nowhere).
    """
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser here ({', '.join(BROWSERS)}); on Debian: apt install chromium")
    frame = Path(page).with_name(f"frame_{width}.html")
    frame.write_text(_FRAME.format(page=Path(page).name, width=width), encoding="utf-8")
    found = subprocess.run(
        [browser, "--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
         "--virtual-time-budget=15000", "--window-size=1600,3000", "--dump-dom",
         frame.resolve().as_uri()], capture_output=True, text=True, timeout=120, check=False)
    result = re.search(r'<pre id="r">(.*?)</pre>', found.stdout)
    assert result, found.stderr[-500:]
    return json.loads(result[1])


def assert_fits(page, figures):
    """
    Nothing sticks out at both widths, no image is broken, and figures stand side by side on a
    desktop.

    :param page: path of an HTML file.
    :param figures: least number of images.
    """
    for width in WIDTHS:
        found = look(page, width)
        assert found["scroll"] <= found["width"], found
        assert found["images"] >= figures
        assert found["broken"] == found["anchors"] == 0, found
        if found["columns"]:
            assert found["columns"] == (2 if width > 1000 else 1), found
