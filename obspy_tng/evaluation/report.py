"""The evaluation as one self-contained HTML page: tables, figures, definitions."""

import base64
import io
from functools import partial
from html import escape

import numpy as np

from .. import __version__, plotting
from .metrics import METRICS
from .metrics.metric import ALL, REAL

DPI = 100
# shade and sign of a verdict, told apart without colours too
VERDICTS = {"within": ("#e3eef8", ""), "near": ("#fdf0cd", "~"), "outside": ("#f6cfc0", "!"),
            "": ("#f2f2f2", "?")}
STYLE = """
body {font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 1250px; margin: 2em auto;
      padding: 0 1.5em}
h1 {font-size: 1.6em} h2 {font-size: 1.25em; margin-top: 2em; border-bottom: 1px solid #ccc}
h3 {font-size: 1.05em; margin-bottom: .3em}
table {border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums}
th, td {padding: 2px 9px; text-align: right; border-bottom: 1px solid #eee}
th:first-child, td:first-child {text-align: left}
th {border-bottom: 1px solid #888; vertical-align: bottom} tr.question td {font-weight: 600;
      padding-top: .9em} td.within {background: #e3eef8} td.near {background: #fdf0cd}
td.outside {background: #f6cfc0; font-weight: 600} td.unknown {color: #999}
img {max-width: 100%; height: auto; display: block; margin: .4em 0 1em}
summary {cursor: pointer; color: #0072b2} .note {color: #555; max-width: 60em}
dt {font-weight: 600} dd {margin-bottom: .4em}
"""


def html_report(evaluation):
    """
    The page.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :return: str, HTML with embedded figures and no outside resources.
    """
    parts = [_introduction(evaluation), "<h2>All stations</h2>", _table(evaluation, ALL),
             _scores(evaluation)]
    parts += [_station(evaluation, station) for station in evaluation.stations]
    parts.append(_definitions(evaluation))
    return ("<!doctype html><html lang='en'><head><meta charset='utf-8'>"
            "<meta name='viewport' content='width=device-width'>"
            f"<title>Generated and real records</title><style>{STYLE}</style></head><body>"
            + "\n".join(parts) + "</body></html>\n")


def _introduction(evaluation):
    settings = evaluation.settings
    names = [REAL, *evaluation.generators]
    header = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = "".join(
        f"<tr><td>{escape(station)}</td>"
        + "".join(f"<td>{len(evaluation.sets[name][station])}</td>" for name in names) + "</tr>"
        for station in evaluation.stations)
    return f"""<h1>Can these generated records stand in for real ones?</h1>
<p class="note">Every figure stands beside its <b>floor</b>: the same figure of real records
against other real ones, at the same numbers of records (mean &plusmn; standard deviation of
{settings["repeats"]} splits by earthquake). The colour of a cell says how far the figure is from
its ideal, compared with real records:
<span style="background:{VERDICTS["within"][0]}">&nbsp;within&nbsp;</span> 3 standard deviations,
<span style="background:{VERDICTS["near"][0]}">&nbsp;near&nbsp;~&nbsp;</span> (within 6),
<span style="background:{VERDICTS["outside"][0]}">&nbsp;outside&nbsp;!&nbsp;</span>.
Pooled figures are means over the stations (geometric for ratios); their verdict is that of the
mean distance from the ideal, so that errors of opposite sign do not cancel.</p>
<p class="note">{settings["sampling_rate"]:g} Hz, {settings["window"]:g} s,
between {settings["freqmin"]:.3g} and {settings["freqmax"]:.3g} Hz; compared
{escape(settings["compared"])}; seed {settings["seed"]}; obspy_tng {escape(__version__)}.</p>
<table><tr><th>records</th>{header}</tr>{lines}</table>"""


def _table(evaluation, station):
    """Figures of one station or pooled, a column for each generator."""
    generators = evaluation.generators
    lines = ["<table><tr><th></th><th>unit</th><th>ideal</th><th>real / real</th>"
             + "".join(f"<th>{escape(g)}</th>" for g in generators) + "</tr>"]
    question = None
    for metric in evaluation.metrics:
        rows = {row["generator"]: row for row in evaluation.rows
                if (row["metric"], row["station"]) == (metric, station)}
        if not rows:
            continue
        first = rows[generators[0]]
        if first["question"] != question:
            question = first["question"]
            lines.append(f"<tr class='question'><td colspan='{4 + len(generators)}'>"
                         f"{escape(question)}</td></tr>")
        ideal = "as real" if first["ideal"] is None else f"{first['ideal']:g}"
        lines.append(
            f"<tr><td>{escape(first['title'])}</td><td>{escape(first['unit'])}</td>"
            f"<td>{ideal}</td><td>{_number(first['floor'])} &plusmn; "
            f"{_number(first['floor_spread'])}</td>"
            + "".join(_cell(rows[g]) for g in generators) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _cell(row):
    verdict = row["verdict"]
    hint = (f"distance from ideal {_number(row['distance'])}, floor "
            f"{_number(row['floor_distance'])} &plusmn; {_number(row['floor_distance_spread'])}")
    return (f"<td class='{verdict or 'unknown'}' title='{hint}'>{_number(row['value'])}"
            f"&nbsp;{VERDICTS[verdict][1]}</td>")


def _number(value):
    return "&ndash;" if not np.isfinite(value) else f"{value:.3f}"


def _scores(evaluation):
    """Specificity: scores with interval and ceiling, and the matrices."""
    if len(evaluation.stations) < 2:
        return ""
    parts = ["<h2>Specificity of the stations</h2>",
             "<p class='note'>Similarity of f<sub>0</sub> distributions, and its correlation with "
             "the identity: with all records, a 95 % bootstrap interval, and the ceiling, which is "
             "what a perfect generator of as many records gets. In blocks of 2 (or 3), real and "
             "generated (and reconstructed) records are interleaved: 10x10 and 15x15 for five "
             "stations.</p>"]
    for mode, metric, title in (
            ("log", "specificity", "log bins over the band of the data"),
            ("paper", "specificity_paper", "as published: linear bins, 1 to 20 Hz")):
        scores = {("real, other records" if s["generator"] == REAL else s["generator"]): s
                  for s in evaluation.scores if s["mode"] == mode}
        lines = ["<table><tr><th></th><th>score</th><th>95 % interval</th><th>ceiling</th>"
                 "<th>diagonal</th><th>off diagonal</th><th>blocks of 2</th><th>blocks of 3</th>"
                 "</tr>"]
        floor = evaluation.row(metric, evaluation.generators[0])
        lines.append(f"<tr><td>real against real, split</td><td>{_number(floor['floor'])}</td>"
                     f"<td>&plusmn; {_number(floor['floor_spread'])}</td></tr>")
        for name, s in scores.items():
            cells = [_number(s["score"]), f"{_number(s['low'])} to {_number(s['high'])}",
                     *(_number(s.get(key, np.nan)) for key in (
                         "ceiling", "diagonal", "off_diagonal", "score_2x2", "score_3x3"))]
            lines.append(f"<tr><td>{escape(name)}</td>"
                         + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
        figure = plotting.plot_confusion({name: s["matrix"] for name, s in scores.items()},
                                         evaluation.stations,
                                         {name: s["score"] for name, s in scores.items()})
        parts += [f"<h3>{title}</h3>", *lines, "</table>",
                  _image(figure, f"Similarity matrices, {title}")]
    return "\n".join(parts)


def _station(evaluation, station):
    """Figures and table of one station."""
    groups = {name: group[station] for name, group in evaluation.sets.items()}
    figures = (
        ("HVSR: lognormal mean and one standard deviation", plotting.plot_hvsr_comparison),
        ("f0 of the records", plotting.plot_f0_histograms),
        ("Response spectra: median and one standard deviation", plotting.plot_response_spectra),
        ("Husid curves: mean, one standard deviation, twelve records", plotting.plot_husid),
        ("Records drawn at random, component N", plotting.plot_records),
    )
    parts = [f"<h2>{escape(station)}</h2>"]
    for title, plot in figures:
        parts += [f"<h3>{title}</h3>", _image(plot(groups), f"{title} at {station}")]
    for records in groups.values():
        records.release()
    parts.append(f"<details><summary>All figures at {escape(station)}</summary>"
                 f"{_table(evaluation, station)}</details>")
    return "\n".join(parts)


def _definitions(evaluation):
    lines = []
    for metric in METRICS:
        if metric.name not in evaluation.metrics:
            continue
        function = metric.function.func if isinstance(metric.function, partial) \
            else metric.function
        text = " ".join(function.__doc__.split()).replace("\\|", "|")
        lines.append(f"<dt>{escape(metric.title)} <code>{metric.name}</code></dt>"
                     f"<dd>{escape(text)}</dd>")
    return ("<h2>Definitions</h2><details><summary>What each figure is</summary><dl>"
            + "\n".join(lines) + "</dl></details>")


def _image(figure, description):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"<img alt='{escape(description, quote=True)}' src='data:image/png;base64,{data}'>"
