"""
What each command does; every function takes the parsed arguments.

``obspy_tng.TNGGenerator`` and the like are loaded where they are used: collecting
needs no torch, and an array job starts often.
"""

import glob
import logging
import os
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import obspy

import obspy_tng

from .._checks import count
from ..archive.files import FileClient
from ..archive.layouts import open_archive
from ..exceptions import TNGInputError
from ..metadata import joined_inventory, station_coordinates
from ..records.folder import list_records, read_record, read_records
from ..records.places import is_place
from ..records.sds import export_sds
from ..runs.collect import collect_folder
from ..runs.generate import generate_records, scenario_folders
from ..runs.manifest import NAME as MANIFEST
from ..runs.manifest import Manifest
from ..runs.outputs import INVENTORY, REJECTED, first_rejection
from ..runs.shards import merge_shards
from ..runs.split import check_hold_out, split_folder
from .suites import measures_command, suite_command

logger = logging.getLogger("obspy_tng")

CATALOG = "events.xml"
UNITS_FAILED = 3


def collect_command(args):
    """Archive and metadata in, prepared records and the list of rejections out."""
    if args.hold_out is not None:
        check_hold_out(args.hold_out)
        if args.shard:
            raise TNGInputError("--hold-out divides all records; with --shard, merge the parts and "
                                "use `obspy-tng split`")
    client, folder = _client(args)
    inventory = _read(obspy.read_inventory, args.inventory, folder, INVENTORY)
    others = sorted(folder.glob("*.xml")) if folder is not None else []
    if inventory is None and others:
        logger.warning("no %s in %s: XML files of other names (%d) are not used; --inventory '%s' "
                       "takes StationXML, --catalog QuakeML", INVENTORY, folder, len(others),
                       folder / "*.xml")
    catalog = _read(obspy.read_events, args.catalog, folder, CATALOG)
    corners = {k: v for k, v in (("freqmin", args.freqmin), ("freqmax", args.freqmax))
               if v is not None}
    result = collect_folder(client, args.output, inventory, catalog, stations=args.station,
                            sampling_rate=args.sampling_rate, window=args.window,
                            channels=args.channels, locations=args.location,
                            clock_offsets=_clock_offsets(args.clock_offset),
                            clock_error=args.clock_error, **corners, **_options(args.option),
                            **_run_options(args))
    code = _report(result, args)
    if args.hold_out is not None:
        print(split_folder(result.folder, hold_out=args.hold_out))
    return code


def split_command(args):
    """Records in, two folders out."""
    print(split_folder(args.records, args.output, args.hold_out, args.seed))


def merge_command(args):
    """Parts of a divided run in, one run out."""
    return _report(merge_shards(args.output), args)


def fit_command(args):
    """Records in, model folder out; a killed run resumes after its last epoch."""
    from ..models.checkpoint import check_folder
    training = {k: getattr(args, k) for k in ("epochs", "finetune_epochs", "learning_rate",
                                              "finetune_learning_rate", "batch_size")
                if getattr(args, k) is not None}
    if args.from_scratch:
        training["pretrained"] = False
    output = Path(args.output)
    if check_folder(output).exists():  # fail before the training starts
        logger.warning("the model in %s is replaced when the training ends", output)
    records = list(read_records(args.records))
    stats = records[0][0].stats
    generator = obspy_tng.TNGGenerator(stats.sampling_rate, stats.npts / stats.sampling_rate,
                                       args.architecture, size=args.size, training=training,
                                       device=args.device, seed=args.seed)
    checkpoint = output.with_name(output.name + ".training.pt")
    generator.fit(records, _inventory_beside(args.records), targets=args.target,
                  checkpoint=checkpoint, allow_generated=args.allow_generated)
    generator.save(output)
    checkpoint.unlink(missing_ok=True)
    print(f"{generator}\nsaved in {output}")


def enroll_command(args):
    """More records into a model, or into a new one with the weights of the package."""
    from ..models.checkpoint import check_folder
    output = args.output or args.model
    check_folder(output)
    new = not Path(args.model).exists()
    if args.pretrained and not new:
        raise TNGInputError(f"model {args.model} exists: leave --pretrained out to add to it, or "
                            "name a new folder")
    folders = [Path(folder) for folder in args.records]
    records = [record for folder in folders for record in read_records(folder)]
    if new and (args.pretrained or not args.output):
        stats = records[0][0].stats
        generator = obspy_tng.TNGGenerator.from_pretrained(
            args.pretrained or "tng-small", sampling_rate=stats.sampling_rate,
            window=stats.npts / stats.sampling_rate, device=args.device)
        logger.info("%s is new: it begins with the weights that come with the package", args.model)
    else:
        generator = obspy_tng.TNGGenerator.load(args.model, device=args.device)
    logger.info("enrolling %d record%s", len(records), "s" * (len(records) != 1))
    inventory = None
    for folder in folders:
        inventory = joined_inventory(inventory, _inventory_beside(folder))
    generator.enroll(records, inventory, allow_generated=args.allow_generated)
    generator.save(output)
    print(f"{generator}\nsaved in {output}")


def generate_command(args):
    """New records of some or all stations, with provenance and StationXML."""
    generator = obspy_tng.TNGGenerator.load(args.model, device=args.device)
    options = {k: getattr(args, k) for k in ("sampler", "k", "alpha", "amplitudes")
               if getattr(args, k) is not None}
    code = 0
    for folder, scenario in scenario_folders(args.output, magnitude=args.magnitude,
                                             distance=args.distance, depth=args.depth):
        result = generate_records(generator, folder, args.station, args.number, seed=args.seed,
                                  batch=args.batch, folder=args.model, **_run_options(args),
                                  **options, **scenario)
        if args.format == "sds" and result.complete and not args.shard:
            export_sds(result.folder)
        code = _report(result, args) or code
    return code


def evaluate_command(args):
    """Table on the terminal, report and JSON on request."""
    if args.shard and not args.output:
        raise TNGInputError("--shard takes --output, for the parts to meet")
    for option, path in (("--html", args.html), ("--json", args.json)):
        if path and not Path(path).parent.is_dir():  # fail before the work starts
            raise TNGInputError(f"{option} {path}: there is no folder {Path(path).parent}")
        if path and Path(path).is_dir():
            raise TNGInputError(f"{option} {path}: is a folder; the name of a file is needed")
    from ..runs.evaluate import evaluate_folders
    generated = dict(zip(_names(args.generated), args.generated, strict=True))
    with TemporaryDirectory() as temporary:
        evaluation, result = evaluate_folders(args.real, generated, args.output or temporary,
                                              args.floor, seed=args.seed, at_rest=args.at_rest,
                                              **_run_options(args))
        if evaluation is None:
            return _report(result, args)
        print(evaluation.table())
        for station in evaluation.stations if args.per_station else ():
            print(f"\n{station}\n{evaluation.table(station)}")
        if args.html:
            evaluation.to_html(args.html)
    if args.json:
        evaluation.to_json(args.json)
    return _left_out(result, args)


def info_command(args):
    """What a folder holds."""
    from ..models.checkpoint import DESCRIPTION
    path = Path(args.path)
    if not path.exists():
        raise TNGInputError(f"there is no folder {args.path}")
    if (path / DESCRIPTION).exists():
        generator = obspy_tng.TNGGenerator.load(path, device="cpu")
        print(f"{generator}\nmodel {generator.model_hash}")
        if generator.history:
            last = generator.history[-1]
            print(f"trained {len(generator.history)} epochs, last loss {last['loss']:.4g}")
        print(_station_lines(generator.stations, generator.inventory))
        return
    if (path / MANIFEST).exists():
        kind, line = _run_line(path)
        print(line)
        if kind == "evaluate":
            return
    listed = list(list_records(path))
    stats = read_record(listed[0].path)[0].stats
    print(f"{len(listed)} record{'s' * (len(listed) != 1)}, {stats.sampling_rate:g} Hz, "
          f"{stats.npts / stats.sampling_rate:g} s")
    print(_station_lines(Counter(r.station for r in listed), _inventory_beside(path)))
    magnitudes = [r.info["magnitude"] for r in listed if r.info["magnitude"] is not None]
    if magnitudes:
        low, high = (f"{bound(magnitudes):.1f}" for bound in (min, max))
        print(f"magnitude {low}" if low == high else f"magnitudes {low} to {high}")


def completion_command(args):
    """A script for the shell."""
    from .completion import completion_script
    print(completion_script(args.parser))


def demo_command(args):
    """The embedded demonstration."""
    from .demo import run_demo
    count("number", args.number, least=1)  # fail before the work starts
    run_demo(args.output, number=args.number, seed=args.seed)


#: command of ``obspy-tng`` -> its function
COMMANDS = {"collect": collect_command, "split": split_command, "merge": merge_command,
            "fit": fit_command, "enroll": enroll_command, "generate": generate_command,
            "evaluate": evaluate_command, "suite": suite_command, "measures": measures_command,
            "info": info_command, "completion": completion_command, "demo": demo_command}


def _run_options(args):
    """How a run is to be done."""
    return {"workers": args.workers, "processes": args.processes, "shard": args.shard,
            "retry_failed": args.retry_failed}


def _report(result, args):
    """Say what a run came to; its exit code."""
    print(result)
    if result.counts["failed"]:
        return UNITS_FAILED
    if not result.counts["accepted"] and not getattr(args, "shard", None):
        number = result.counts["units"]
        where = f"no record in {number} {'unit' if number == 1 else 'units'} of work"
        if not result.counts["rejected"]:
            raise TNGInputError(f"{where}: there are no data that match (stations, times of the "
                                "catalog, --channels); the archive has "
                                f"{_channels_of(args) or 'no files'}")
        raise TNGInputError(f"{where}, {result.counts['rejected']} recordings rejected; the first: "
                            f"{first_rejection(result.folder)}; all are in "
                            f"{result.folder / REJECTED}")
    return 0


def _channels_of(args):
    """Channel codes that an archive in files has, in words; empty for services."""
    client = _client(args)[0] if getattr(args, "archive", None) else None
    codes = client.channel_codes() if isinstance(client, FileClient) else ()
    return codes and f"channels {', '.join(sorted(codes)[:20])}"


def _left_out(result, args):
    """Say which records an evaluation is without; its exit code."""
    rejected, failed = result.counts["rejected"], result.counts["failed"]
    if rejected or failed:
        where = f"; see {args.output}" if args.output else ""
        print(f"\nleft out: {rejected} records that cannot be used, {failed} units that "
              f"failed{where}")
    return UNITS_FAILED if failed else 0


def _client(args):
    """The requested waveform client, and the archive's folder or None."""
    if bool(args.archive) == bool(args.fdsn):
        raise TNGInputError("give either the folder of an archive or --fdsn SERVICE")
    if args.fdsn:
        from obspy.clients.fdsn import Client
        from obspy.clients.fdsn.header import URL_MAPPINGS, FDSNException
        try:
            return Client(args.fdsn), None
        except (ValueError, FDSNException) as err:  # unknown, not there, not a service
            raise TNGInputError(f"--fdsn {args.fdsn}: {' '.join(str(err).split())} It takes "
                                "the URL of a service, or one of "
                                f"{', '.join(sorted(URL_MAPPINGS))}") from err
    folder = Path(args.archive)
    root = folder / "sds" if (folder / "sds").is_dir() else folder
    if not root.is_dir():
        raise TNGInputError(f"no archive at {root}")
    if args.template is not None:
        return FileClient(root, args.template, args.file_format), folder
    return open_archive(root, args.file_format), folder


def _options(given):
    """``NAME=VALUE`` options as a dict; numbers as numbers, true and false as bool."""
    found = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise TNGInputError(f"--option takes NAME=VALUE, got {text!r}")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = {"true": True, "false": False}.get(value.lower(), value)
    return found


def _clock_offsets(given):
    """``NET.STA=SECONDS`` options as a dict, or None."""
    try:
        return {station: float(seconds) for station, seconds in
                (text.split("=") for text in given or ())} or None
    except ValueError as err:
        raise TNGInputError(f"--clock-offset takes NET.STA=SECONDS, got {given}") from err


def _read(reader, path, folder, name):
    """A metadata file that was named, or that lies in the archive's folder, or None."""
    if path is None:
        path = folder / name if folder is not None else None
        if path is None or not path.exists():
            return None
    elif "://" not in str(path) and not Path(path).exists() and not glob.glob(str(path)):
        raise TNGInputError(f"no file {path}")  # readers take patterns, and URLs
    elif Path(path).is_dir():
        raise TNGInputError(f"{path} is a folder; a pattern takes the files in it, "
                            f"'{Path(path) / '*.xml'}'")
    return reader(str(path))


def _inventory_beside(folder):
    path = Path(folder) / INVENTORY
    return obspy.read_inventory(str(path)) if path.exists() else None


def _names(folders):
    """Names of generators from their folders; whole paths where the last part will not do."""
    names = [Path(f).name for f in folders]
    usable = len({*names, "real"}) == len(names) + 1
    return names if usable else [str(Path(f).resolve()) for f in folders]


def _run_line(folder):
    """Kind of a run, and the content of its manifest."""
    with Manifest(folder, read_only=not os.access(folder, os.W_OK)) as manifest:
        statuses, failed = manifest.statuses(), next(manifest.failed(), None)
        kind = (manifest.about("settings") or {}).get("kind", "unknown")
    units = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    return kind, (f"{kind} run, units: {units or 'none'}"
                  + (f"; the first that failed: {': '.join(failed)}" if failed else ""))


def _station_lines(stations, inventory):
    lines = []
    for station, number in sorted(stations.items()):
        where = station_coordinates(inventory, station)
        known = where is not None and is_place(*where[:2])
        place = f"{where[0]:.4f} {where[1]:.4f}" if known else "place unknown"
        lines.append(f"  {station:12}{number:6d} record{'s' * (number != 1):1}  {place}")
    return "\n".join(lines)
