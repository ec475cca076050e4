"""The evaluation as one self-contained HTML page: tables, figures, definitions."""

from functools import partial
from html import escape

import numpy as np

from .. import __version__, plotting
from .._page import captioned, image, page, scrolled
from .anderson import CRITERIA
from .floor import auc_verdict
from .metrics import METRICS
from .metrics.metric import ALL, REAL
from .summary import answer, plot_verdicts

# shade and sign of a verdict, told apart without colours too
VERDICTS = {"within": ("#e3eef8", ""), "near": ("#fdf0cd", "~"), "outside": ("#f6cfc0", "!"),
            "below": ("#e4f1e4", "&lt;"), "": ("#f2f2f2", "?")}
STYLE = "".join(f"td.{verdict or 'unknown'}, span.{verdict or 'unknown'} {{background: {color}}} "
                for verdict, (color, _) in VERDICTS.items()) + "td.outside {font-weight: 600}"


def html_report(evaluation):
    """
    The page.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :return: str, HTML with embedded figures and no outside resources.
    """
    parts = ["<h1>Can these generated records stand in for real ones?</h1>",
             answer_box(evaluation), _contents(evaluation), _introduction(evaluation),
             "<h2 id='all'>All stations</h2>",
             "<details><summary>Every figure in one picture</summary>",
             image(plot_verdicts(evaluation), "Every figure beside real records"), "</details>",
             metric_table(evaluation, ALL), _critic(evaluation), _scores(evaluation),
             _reconstruction(evaluation)]
    parts += [_station(evaluation, station) for station in evaluation.stations]
    parts.append(_definitions(evaluation))
    return page("Generated and real records", "\n".join(parts), STYLE)


def answer_box(evaluation):
    """
    The answer at the top: how many figures are at the floor, near it and outside, and which.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :return: str, HTML.
    """
    boxes = []
    for generator in evaluation.generators:
        first, *rest = answer(evaluation, generator)
        boxes.append(f"<p><b>{escape(first)}</b></p>"
                     + "".join(f"<p>{escape(line)}</p>" for line in rest))
    return "<div class='answer'>" + "".join(boxes) + "</div>"


def _contents(evaluation):
    """Links to all parts of the page."""
    links = [("all", "All stations"),
             *([("critic", "Classifier")] if _critic_known(evaluation) else []),
             *([("scores", "Specificity")] if len(evaluation.stations) > 1 else []),
             *([("reconstruction", "Reconstruction")] if evaluation.reconstruction else []),
             *((_anchor(station), station) for station in evaluation.stations),
             ("definitions", "Definitions")]
    return ("<nav><ul>" + "".join(f"<li><a href='#{anchor}'>{escape(title)}</a></li>"
                                  for anchor, title in links) + "</ul></nav>")


def _anchor(station):
    return "station-" + "".join(c if c.isalnum() else "-" for c in station)


def _introduction(evaluation):
    settings = evaluation.settings
    names = [REAL, *evaluation.generators]
    header = "".join(f"<th>{escape(name)}</th>" for name in names)
    lines = "".join(
        f"<tr><td><a href='#{_anchor(station)}'>{escape(station)}</a></td>"
        + "".join(f"<td>{_records(evaluation.sets[name][station])}</td>" for name in names)
        + "</tr>" for station in evaluation.stations)
    return f"""<p class="note">Every figure stands beside its <b>floor</b>: the same figure of real
records against other real ones, at the same numbers of records (mean &plusmn; standard deviation of
{settings["repeats"]} splits by earthquake). The colour of a cell says how far the figure is from
its ideal, compared with real records:
<span class="within">&nbsp;within&nbsp;</span> 3 standard deviations,
<span class="near">&nbsp;near&nbsp;~&nbsp;</span> (within 6),
<span class="outside">&nbsp;outside&nbsp;!&nbsp;</span>,
<span class="below">&nbsp;below&nbsp;&lt;&nbsp;</span> where a figure has no ideal and less than
real records have is no fault, but a visible difference.
Pooled figures are means over the stations (geometric for ratios); their verdict is that of the
mean distance from the ideal, so that errors of opposite sign do not cancel.</p>
<p class="note">{settings["sampling_rate"]:g} Hz, {settings["window"]:g} s,
between {settings["freqmin"]:.3g} and {settings["freqmax"]:.3g} Hz; compared
{escape(settings["compared"])}; seed {settings["seed"]}; obspy_tng {escape(__version__)}.</p>
""" + scrolled(f"<table><tr><th>records</th>{header}</tr>{lines}</table>")


def _records(records):
    """How many records, and what is known of their earthquakes."""
    parts = [f"<b>{len(records)}</b>"]
    for key, pattern in (("magnitude", "M {:.1f} to {:.1f}"), ("distance", "{:.0f} to {:.0f} km")):
        values = records.info(key)
        values = values[np.isfinite(values)]
        if len(values):
            parts.append(pattern.format(values.min(), values.max()))
    return "<br>".join(parts)


def metric_table(evaluation, station):
    """
    Figures of one station or pooled, a column for each generator.

    :param evaluation: :class:`~obspy_tng.evaluation.result.Evaluation`.
    :param station: station id, or ``"all"``.
    :return: str, HTML.
    """
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
        ideal = "as real or less" if first["one_sided"] else f"{first['ideal']:g}"
        lines.append(
            f"<tr><td>{escape(first['title'])}</td><td>{escape(first['unit'])}</td>"
            f"<td>{ideal}</td><td>{_number(first['floor'])} &plusmn; "
            f"{_number(first['floor_spread'])}</td>"
            + "".join(_cell(rows[g]) for g in generators) + "</tr>")
    return scrolled("\n".join([*lines, "</table>"]))


def _cell(row):
    verdict = row["verdict"]
    hint = (f"distance from ideal {_number(row['distance'])}, floor "
            f"{_number(row['floor_distance'])} &plusmn; {_number(row['floor_distance_spread'])}")
    return (f"<td class='{verdict or 'unknown'}' title='{hint}'>{_number(row['value'])}"
            f"&nbsp;{VERDICTS[verdict][1]}</td>")


def _number(value):
    return "&ndash;" if not np.isfinite(value) else f"{value:.3f}"


def _critic_known(evaluation):
    return any(np.isfinite(row["value"]) for row in evaluation.critic)


def _auc_class(row):
    return auc_verdict(row["value"], row["floor"], row["floor_spread"]) or "unknown"


def _critic(evaluation):
    """What a classifier sees: AUC by group of features, picture, telling features."""
    if not _critic_known(evaluation):
        return ""
    parts = ["<h2 id='critic'>Can a classifier tell?</h2>",
             "<p class='note'>Area under the receiver operating characteristic of a classifier "
             "that was trained on other earthquakes: 0.5 is blind, 1 always right; with 95 % "
             "intervals over earthquakes. Real against real beside it, mean &plusmn; standard "
             "deviation of splits.</p>",
             "<table><tr><th>features</th><th>real / real</th>"
             + "".join(f"<th>{escape(g)}</th>" for g in evaluation.generators) + "</tr>"]
    for group in dict.fromkeys(row["group"] for row in evaluation.critic):
        rows = {row["generator"]: row for row in evaluation.critic if row["group"] == group}
        first = rows[evaluation.generators[0]]
        parts.append(f"<tr><td>{group}</td><td>{_number(first['floor'])} &plusmn; "
                     f"{_number(first['floor_spread'])}</td>" + "".join(
                         f"<td class='{_auc_class(rows[g])}'>"
                         f"{_number(rows[g]['value'])} ({_number(rows[g]['low'])} to "
                         f"{_number(rows[g]['high'])})</td>" for g in evaluation.generators)
                     + "</tr>")
    parts += ["</table>", image(plotting.plot_critic(evaluation.critic),
                                 "AUC of the classifier by group of features")]
    for row in evaluation.critic:
        if row["group"] == "all" and row["telling"]:
            lines = "".join(f"<tr><td>{escape(t['feature'])}</td><td>{_number(t['auc'])}</td>"
                            f"<td>{_number(t['real'])}</td><td>{_number(t['generated'])}</td></tr>"
                            for t in row["telling"])
            parts.append(f"<h3>What tells {escape(row['generator'])}</h3><table><tr>"
                         "<th>feature</th><th>AUC alone</th><th>median, real</th>"
                         "<th>median, generated</th></tr>"
                         f"{lines}</table>")
    return "\n".join(parts)


def _scores(evaluation):
    """Specificity: scores with interval and ceiling, and the matrices."""
    if len(evaluation.stations) < 2:
        return ""
    parts = ["<h2 id='scores'>Specificity of the stations</h2>",
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
        parts += [f"<h3>{title}</h3>", scrolled("\n".join([*lines, "</table>"])),
                  image(figure, f"Similarity matrices, {title}")]
    return "\n".join(parts)


def _reconstruction(evaluation):
    """Anderson's scores of the reconstructed records."""
    if not evaluation.reconstruction:
        return ""
    header = "".join(f"<th>{escape(name)}</th>" for name in ("station", "records", "all", "floor",
                                                             *CRITERIA))
    lines = [f"<tr><th>generator</th>{header}</tr>"]
    for row in evaluation.reconstruction:
        cells = [escape(row["station"]), str(row["records"]),
                 *(f"{row[key]:.1f}" for key in ("score", "floor", *CRITERIA))]
        lines.append(f"<tr><td>{escape(row['generator'])}</td>"
                     + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return ("<h2 id='reconstruction'>Reconstructed records</h2><p class='note'>Scores of each "
            "real record and its reconstruction (Anderson 2004): 10 is identity, above 8 "
            "excellent, 6 to 8 good, 4 to 6 fair; mean over bands and components. The floor is "
            "what a real record of the station scores against another.</p>"
            + scrolled("<table>" + "".join(lines) + "</table>"))


def _station(evaluation, station):
    """Figures and table of one station."""
    groups = {name: group[station] for name, group in evaluation.sets.items()}
    figures = (
        ("HVSR: lognormal mean and one standard deviation", plotting.plot_hvsr_comparison),
        ("f0 of the records", plotting.plot_f0_histograms),
        ("Response spectra: median and one standard deviation", plotting.plot_response_spectra),
        ("RotD100 / RotD50: median and one standard deviation", plotting.plot_rotd_ratio),
        ("Husid curves: mean, one standard deviation, twelve records", plotting.plot_husid),
        ("Records drawn at random, component N", plotting.plot_records),
    )
    parts = [f"<h2 id='{_anchor(station)}'>{escape(station)}</h2>",
             *(f"<p>{escape(answer(evaluation, generator, station)[0])}</p>"
               for generator in evaluation.generators), "<div class='figures'>"]
    parts += [captioned(plot(groups), title, f"{title} at {station}") for title, plot in figures]
    parts.append("</div>")
    for records in groups.values():
        records.release()
    parts.append(f"<details><summary>All figures at {escape(station)}</summary>"
                 f"{metric_table(evaluation, station)}</details>")
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
    return ("<h2 id='definitions'>Definitions</h2><details>"
            "<summary>What each figure is</summary><dl>"
            + "\n".join(lines) + "</dl></details>")

