"""``obspy-tng suite`` and ``obspy-tng measures``: arguments and calls."""

from pathlib import Path

import obspy_tng

from ..exceptions import TNGInputError
from ..records.folder import read_records
from ..suites import (
    Target,
    asce7,
    conditional_target,
    eurocode8,
    generate_suite,
    measures,
    model_target,
    select,
)
from ..suites.export import WRITERS
from ..suites.measures import PERIODS
from ..suites.targets import UNITS


def add_suite(p):
    """
    Arguments of ``obspy-tng suite``.

    :param p: :class:`argparse.ArgumentParser`.
    """
    p.add_argument("records", nargs="?", help="folder of records to select from")
    p.add_argument("--model", metavar="FOLDER", help="generate the records with this model "
                   "instead, for the target's magnitude and distance")
    p.add_argument("--station", metavar="NET.STA", help="station of --model, or of the folder")
    p.add_argument("--output", required=True, metavar="FOLDER")
    p.add_argument("-n", "--number", type=int, default=11, metavar="N",
                   help="records of the suite (default 11)")
    target = p.add_argument_group("the target, one of")
    target.add_argument("--target", metavar="CSV", help="lines of period, acceleration and, if "
                        "known, sd of ln")
    target.add_argument("--gmm", action="append", metavar="NAME", help="ground-motion model, e.g. "
                        "BSSA14 (needs pygmm); may be repeated. Takes --vs30, --magnitude, "
                        "--distance, --depth")
    target.add_argument("--eurocode8", nargs=3, metavar=("AG", "GROUND", "TYPE"),
                        help="ground acceleration in m/s^2, A to E, 1 or 2")
    target.add_argument("--asce7", nargs=3, type=float, metavar=("SDS", "SD1", "TL"),
                        help="in g and s")
    more = p.add_argument_group("more of the target")
    more.add_argument("--units", default="g", choices=list(UNITS), help="of --target and of text "
                      "files (default g)")
    more.add_argument("--magnitude", type=float)
    more.add_argument("--distance", type=float, metavar="KM", help="epicentral")
    more.add_argument("--depth", type=float, default=10.0, metavar="KM", help="(default 10)")
    more.add_argument("--vs30", type=float, metavar="M/S")
    more.add_argument("--given", nargs=2, type=float, metavar=("PERIOD", "EPSILON"),
                      help="conditional spectrum: so many sd above the median at the period")
    more.add_argument("--rotd100", action="store_true", help="make a target of RotD50 one of "
                      "RotD100")
    more.add_argument("--factor", type=float, default=1.0, help="times the target")
    chosen = p.add_argument_group("the selection")
    chosen.add_argument("--period-range", nargs=2, type=float, metavar=("LOW", "HIGH"),
                        help="s, where suite and target are compared")
    chosen.add_argument("--scale-factors", nargs=2, type=float, metavar=("LEAST", "MOST"),
                        help="default 0.25 4 for a folder; without scaling for --model")
    chosen.add_argument("--no-scaling", action="store_true")
    chosen.add_argument("--max-per-station", type=int, metavar="K")
    chosen.add_argument("--max-per-event", type=int, metavar="K")
    chosen.add_argument("--most", type=int, default=1200, metavar="N",
                        help="records that --model generates at most (default 1200)")
    chosen.add_argument("--match", action="store_true", help="match the spectra of the selected "
                        "records to the target (needs reqpy-M)")
    chosen.add_argument("--seed", type=int, default=0)
    p.add_argument("--format", action="append", choices=[*WRITERS, "all"], help="of the files "
                   "(default at2); may be repeated")
    p.add_argument("--device")


def suite_command(args):
    """Records or a model and a target in; selected records as files, index, picture, page out."""
    if bool(args.records) == bool(args.model):
        raise TNGInputError("give either a folder of records or --model FOLDER")
    target = _target(args)
    factors = None if args.no_scaling else args.scale_factors
    period_range = None if args.period_range is None else tuple(args.period_range)
    if args.model:
        if not args.station:
            raise TNGInputError("--model takes --station NET.STA")
        asked = {key: getattr(args, key) for key in ("magnitude", "distance")
                 if getattr(args, key) is not None}
        generator = obspy_tng.TNGGenerator.load(args.model, device=args.device)
        found = generate_suite(generator, args.station, target, args.number,
                               pool=min(300, args.most), most=args.most,
                               period_range=period_range, scale_factors=factors, seed=args.seed,
                               **asked)
    else:
        stations = None if args.station is None else [args.station]
        if factors is None and not args.no_scaling:
            factors = (0.25, 4.0)
        found = select(read_records(args.records, stations), target, args.number,
                       period_range=period_range, scale_factors=factors,
                       max_per_station=args.max_per_station, max_per_event=args.max_per_event,
                       seed=args.seed)
    if args.match:
        found = found.matched()
    formats = args.format or ["at2"]
    files = found.write(args.output, "all" if "all" in formats else formats, args.units)
    print(f"{found.summary()}\n{len(files)} files in {args.output}: index.csv, index.json, "
          f"suite.png, suite.html, {', '.join(formats)}")


def _target(args):
    """The requested target."""
    given = [name for name in ("target", "gmm", "eurocode8", "asce7") if getattr(args, name)]
    if len(given) != 1:
        raise TNGInputError("give one of --target, --gmm, --eurocode8 and --asce7, got "
                            f"{', '.join('--' + name for name in given) or 'none'}")
    if args.target:
        if not Path(args.target).is_file():
            raise TNGInputError(f"--target {args.target}: no such file")
        target = Target.from_csv(args.target, args.units)
    elif args.gmm:
        missing = [f"--{name}" for name in ("magnitude", "distance", "vs30")
                   if getattr(args, name) is None]
        if missing:
            raise TNGInputError(f"--gmm takes {', '.join(missing)} as well")
        target = model_target(args.magnitude, args.distance, args.vs30, args.depth, args.gmm)
    elif args.eurocode8:
        ag, ground, kind = args.eurocode8
        target = eurocode8(_number("AG", ag), ground, int(_number("TYPE", kind)))
    else:
        target = asce7(*args.asce7)
    if args.given:
        target = conditional_target(target, args.given[0], epsilon=args.given[1])
    if args.rotd100:
        target = target.as_rotd100()
    return target.scaled(args.factor)


def _number(name, text):
    try:
        return float(text)
    except ValueError as err:
        raise TNGInputError(f"{name} must be a number, got {text!r}") from err


def add_measures(p):
    """
    Arguments of ``obspy-tng measures``.

    :param p: :class:`argparse.ArgumentParser`.
    """
    p.add_argument("records", help="folder of records")
    p.add_argument("--csv", metavar="FILE", help="write the table as CSV, instead of printing it")
    p.add_argument("--station", action="append", metavar="NET.STA", help="may be repeated")
    p.add_argument("--periods", nargs="*", type=float, default=list(PERIODS), metavar="S",
                   help="of RotD50 and RotD100, or of PSA (default "
                   + " ".join(f"{period:g}" for period in PERIODS) + "; none without a number)")
    p.add_argument("--component", default="horizontal", choices=["horizontal", "Z", "N", "E"])
    p.add_argument("--fas", nargs="+", type=float, metavar="HZ", help="columns of the Fourier "
                   "amplitude spectrum at these frequencies")


def measures_command(args):
    """Folder of records in, table of measures out."""
    if args.csv and not Path(args.csv).parent.is_dir():  # fail before the work starts
        raise TNGInputError(f"--csv {args.csv}: there is no folder {Path(args.csv).parent}")
    table = measures(read_records(args.records, args.station), args.periods, args.component,
                     args.fas)
    if args.csv:
        table.to_csv(args.csv)
        print(f"{len(table)} records, {len(table.columns)} columns: {args.csv}")
    else:
        print(table)
