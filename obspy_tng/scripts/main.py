"""``obspy-tng``: arguments, help and exit codes; the work is in :mod:`.commands`."""

import argparse
import logging
import sys
import warnings

from .._version import __version__
from ..exceptions import TNGException, TNGWarning

EXAMPLES = """
examples:
  obspy-tng demo --output demo_output
  obspy-tng collect my_archive --output records --sampling-rate 50 --window 120 --hold-out 0.5
  obspy-tng enroll model records/known
  obspy-tng generate model --output generated -n 50 --seed 0
  obspy-tng evaluate records/held_back generated --floor records/known --html report.html
"""
SUCCESS, FAILED, INTERRUPTED = 0, 1, 130


def main(arguments=None):
    """
    Run the command line.

    :param arguments: list of str; None takes those of the process.
    :return: exit code: 0 done, 1 failed (the reason is on standard error), 2 wrong
        usage, 3 done but for some units of a run, which are listed, 130 interrupted.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if {"collect", "--processes"} <= set(arguments):  # first of all, and before they are parsed
        from ..runs.pool import COLLECTING, start_server
        start_server(COLLECTING)  # it imports while this process does
    args = make_parser().parse_args(arguments)
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger("obspy_tng").setLevel(logging.DEBUG if args.verbose else logging.INFO)
    warnings.showwarning = _show_warning
    from .commands import COMMANDS
    try:
        return COMMANDS[args.command](args) or SUCCESS
    except KeyboardInterrupt:
        return _complain("interrupted; the same command resumes the run where it can", INTERRUPTED)
    except (TNGException, OSError, TypeError) as exc:
        if args.verbose:
            raise
        if isinstance(exc, OSError) and exc.filename is None and getattr(args, "output", None):
            return _complain(f"{args.output} cannot be written: {exc}", FAILED)  # a full disk
        return _complain(str(exc) or repr(exc), FAILED)


def _complain(message, code):
    print(f"obspy-tng: {message}", file=sys.stderr)
    return code


def _show_warning(message, category, filename, lineno, file=None, line=None):
    """Our warnings without the line of code that Python adds; others not at all."""
    if issubclass(category, TNGWarning):
        print(f"obspy-tng: warning: {message}", file=sys.stderr)


def make_parser():
    """The argument parser."""
    parser = argparse.ArgumentParser(
        prog="obspy-tng", description="Site-specific strong-motion records for ObsPy.",
        epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", action="version", version=f"obspy-tng {__version__}")
    parser.add_argument("-v", "--verbose", action="store_true",
                        help="more messages, and tracebacks of errors")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    for add in (_collect, _merge, _split, _fit, _enroll, _generate, _evaluate, _suite, _measures,
                _info, _demo, _completion):
        add(commands)
    parser.set_defaults(parser=parser)  # for the script that completes it
    return parser


def _command(commands, name, text, example):
    parser = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".",
                                 epilog=f"example:\n  obspy-tng {example}",
                                 formatter_class=argparse.RawDescriptionHelpFormatter)
    # left out, it must not undo the one before the command
    parser.add_argument("-v", "--verbose", action="store_true", default=argparse.SUPPRESS,
                        help="more messages, and tracebacks of errors")
    return parser


def numbers(text):
    """
    Numbers of an option that takes several.

    :param text: ``"6"`` or ``"5,6,7"``.
    :return: list of floats.
    :raises ValueError: which argparse reports.
    """
    return [float(item) for item in text.split(",")]


def _record_options(parser):
    parser.add_argument("--sampling-rate", type=float, default=100.0, metavar="HZ",
                        help="sampling rate of the records (default 100)")
    parser.add_argument("--window", type=float, default=60.0, metavar="S",
                        help="length of the records (default 60; 120 for sites of 0.2 Hz)")


def _run_options(parser):
    group = parser.add_argument_group("the run", "The same command resumes a run that was "
                                      "stopped.")
    group.add_argument("--workers", type=int, default=1, metavar="N",
                       help="threads, or processes (default 1)")
    group.add_argument("--processes", action="store_true", help="processes instead of threads")
    group.add_argument("--shard", metavar="I/N", help="do part I of N, e.g. in an array job; then "
                       "`obspy-tng merge OUTPUT`")
    group.add_argument("--retry-failed", action="store_true",
                       help="take up again the units that failed")


def _training_options(parser):
    parser.add_argument("--epochs", type=int, metavar="N", help="epochs of the first phase, which "
                        "tng has with --from-scratch only")
    parser.add_argument("--finetune-epochs", type=int, metavar="N",
                        help="epochs of the second phase")
    parser.add_argument("--learning-rate", type=float, metavar="RATE", help="of the first phase")
    parser.add_argument("--finetune-learning-rate", type=float, metavar="RATE",
                        help="of the second phase")
    parser.add_argument("--batch-size", type=int, metavar="N")
    parser.add_argument("--from-scratch", action="store_true", help="tng: do not begin with the "
                        "weights that come with the package")
    parser.add_argument("--size", default="small", choices=["small", "paper", "large"],
                        help="size of the network (default small); tng has small, flow small and "
                             "large, the others small and paper")
    parser.add_argument("--architecture", default="tng",
                        help="tng (default), flow, released, conditional or spectrogram")
    parser.add_argument("--device", help="cpu, cuda, ... (default: CUDA where there is one)")
    parser.add_argument("--seed", type=int, default=0, help="of the training (default 0)")


def _collect(commands):
    p = _command(commands, "collect", "prepare the records of an archive",
                 "collect my_archive --output records --sampling-rate 50 --window 120")
    p.add_argument("archive", nargs="?", help="folder of an archive, or one with sds/, "
                   "stations.xml and events.xml")
    p.add_argument("--template", metavar="PATH", help="layout of the archive: sds, bud, flat, or a "
                   "path with {network} {station} {location} {channel} {year} {month} {day} {doy} "
                   "and * (default: recognised)")
    p.add_argument("--file-format", default="MSEED", metavar="NAME", help="format of its files, a "
                   "name of ObsPy's (default MSEED)")
    p.add_argument("--channels", default="?N?", metavar="PATTERN", help="channel codes (default "
                   "?N?, accelerometers)")
    p.add_argument("--fdsn", metavar="SERVICE", help="an FDSN service instead of a folder")
    p.add_argument("--location", metavar="CODE", help="location code of the sensors to use, or a "
                   "pattern (default: the sensor nearest to the surface)")
    p.add_argument("--option", action="append", metavar="NAME=VALUE", help="another argument of "
                   "prepare_record, such as max_end_level=0.5; may be repeated")
    p.add_argument("--clock-offset", action="append", metavar="NET.STA=S", help="s that the "
                   "recorder's clock is ahead of UTC; may be repeated")
    p.add_argument("--clock-error", type=float, default=30.0, metavar="S", help="s by which clocks "
                   "and origin times may be off besides (default 30)")
    p.add_argument("--inventory", metavar="FILE", help="StationXML, also a pattern such as "
                   "'xml/*.xml' (default: stations.xml of the archive)")
    p.add_argument("--catalog", metavar="FILE", help="QuakeML (default: events.xml of the "
                   "archive, where it is)")
    p.add_argument("--station", action="append", metavar="NET.STA", help="only this station; "
                   "may be repeated")
    p.add_argument("--output", required=True, metavar="FOLDER")
    _record_options(p)
    p.add_argument("--freqmin", type=float, metavar="HZ", help="high-pass corner")
    p.add_argument("--freqmax", type=float, metavar="HZ", help="low-pass corner")
    p.add_argument("--hold-out", type=float, metavar="SHARE", help="share of the earthquakes to "
                   "hold back: divides the records into OUTPUT/known and OUTPUT/held_back, as "
                   "`obspy-tng split` does")
    _run_options(p)


def _merge(commands):
    p = _command(commands, "merge", "make one run of the parts that --shard made", "merge records")
    p.add_argument("output", help="output folder of the parts")


def _split(commands):
    p = _command(commands, "split", "divide records by earthquake into those for a generator and "
                 "those for its evaluation", "split records --hold-out 0.5")
    p.add_argument("records", help="folder that collect wrote")
    p.add_argument("--output", metavar="FOLDER", help="gets known/ and held_back/ (default: the "
                   "folder of the records)")
    p.add_argument("--hold-out", type=float, default=0.5, metavar="SHARE",
                   help="share of the earthquakes to hold back (default 0.5)")
    p.add_argument("--seed", type=int, default=0, help="of the shuffle (default 0)")


def _fit(commands):
    p = _command(commands, "fit", "train a generator on records and enrol their stations "
                 "(records of the default sampler need only `enroll`)",
                 "fit records/known --output model")
    p.add_argument("records", help="folder that collect wrote")
    p.add_argument("--output", required=True, metavar="FOLDER", help="model folder")
    p.add_argument("--target", action="append", metavar="NET.STA", help="fine-tune for this "
                   "station, pre-train on the others (not tng); may be repeated")
    _allow_generated(p)
    _training_options(p)


def _allow_generated(parser):
    parser.add_argument("--allow-generated", action="store_true",
                        help="take generated records as well, which are refused otherwise")


def _enroll(commands):
    p = _command(commands, "enroll", "add records to a generator, without training",
                 "enroll model records/known")
    p.add_argument("model", help="model folder; one that is not there yet begins with the weights "
                   "that come with the package")
    p.add_argument("records", nargs="+", help="folder that collect wrote, or several")
    p.add_argument("--pretrained", metavar="NAME", help="weights that a new model folder begins "
                   "with (default tng-small)")
    p.add_argument("--output", metavar="FOLDER", help="write to another model folder")
    p.add_argument("--device", help="cpu, cuda, ... (default: CUDA where there is one)")
    _allow_generated(p)


def _generate(commands):
    p = _command(commands, "generate", "generate new records of enrolled stations",
                 "generate model --output generated -n 50 --seed 0")
    p.add_argument("model", help="model folder")
    p.add_argument("--output", required=True, metavar="FOLDER")
    p.add_argument("--station", action="append", metavar="NET.STA",
                   help="default: all enrolled; may be repeated")
    p.add_argument("-n", "--number", type=int, default=50, metavar="N",
                   help="records per station (default 50)")
    p.add_argument("--seed", type=int, default=0, help="of the draw (default 0); another seed, "
                   "other records")
    p.add_argument("--magnitude", type=numbers, metavar="M", help="several, as 5,6,7, make a "
                   "folder OUTPUT/M6_R40 for each scenario, with -n records per station")
    p.add_argument("--distance", type=numbers, metavar="KM", help="epicentral; or several")
    p.add_argument("--depth", type=numbers, metavar="KM", help="or several")
    p.add_argument("--sampler", choices=["source", "mean", "dirichlet", "posterior", "prior"])
    p.add_argument("--k", type=int, help="records that are mixed")
    p.add_argument("--alpha", type=float, help="of the Dirichlet distribution")
    p.add_argument("--amplitudes", choices=["station", "paper"])
    p.add_argument("--format", default="records", choices=["records", "sds"], help="one MiniSEED "
                   "and one JSON file a record (default), or an SDS archive beside them as well")
    p.add_argument("--batch", type=int, default=25, metavar="N", help="records per unit of work "
                   "(default 25)")
    p.add_argument("--device", help="cpu, cuda, ... (default: CUDA where there is one)")
    _run_options(p)


def _evaluate(commands):
    p = _command(commands, "evaluate", "judge generated records beside real ones",
                 "evaluate records/held_back generated --floor records/known --html report.html")
    p.add_argument("real", help="folder of real records that the generator has not seen")
    p.add_argument("generated", nargs="+", help="folders of generated records, side by side")
    p.add_argument("--floor", metavar="FOLDER", help="folder of other real records to compare "
                   "with as well (those the generator had); default: splits by earthquake")
    p.add_argument("--output", metavar="FOLDER", help="keep there what is measured on each record: "
                   "the same command resumes where it was stopped, and grown folders or another "
                   "seed measure nothing twice; gets evaluation.json as well")
    p.add_argument("--at-rest", action="store_true", help="make the real records end at rest, as "
                   "generated ones do")
    p.add_argument("--html", metavar="FILE", help="write a report with figures")
    p.add_argument("--json", metavar="FILE", help="write all figures as JSON")
    p.add_argument("--per-station", action="store_true", help="a table for each station too")
    p.add_argument("--seed", type=int, default=0, help="of splits and bootstraps (default 0)")
    _run_options(p)


def _suite(commands):
    from .suites import add_suite
    add_suite(_command(commands, "suite", "select records for a target spectrum, write them for "
                       "an analysis", "suite records --gmm BSSA14 --magnitude 6.5 --distance 30 "
                       "--vs30 400 --output suite"))


def _measures(commands):
    from .suites import add_measures
    add_measures(_command(commands, "measures", "tabulate intensity measures of records",
                          "measures records --csv measures.csv"))


def _info(commands):
    p = _command(commands, "info", "describe a model or a folder of records",
                 "info model")
    p.add_argument("path", help="model folder, or folder of records")


def _demo(commands):
    p = _command(commands, "demo", "the whole job on an embedded simulated network",
                 "demo --output demo_output")
    p.add_argument("--output", default="demo_output", metavar="FOLDER")
    p.add_argument("-n", "--number", type=int, default=50, metavar="N",
                   help="records to generate per station (default 50)")
    p.add_argument("--seed", type=int, default=0)


def _completion(commands):
    p = _command(commands, "completion", "print a script that completes commands and options",
                 "completion bash > ~/.local/share/bash-completion/completions/obspy-tng")
    p.add_argument("shell", choices=["bash", "zsh"], help="zsh: source it after "
                   "`autoload -U compinit bashcompinit; compinit; bashcompinit`")


if __name__ == "__main__":
    sys.exit(main())
