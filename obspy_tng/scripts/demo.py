"""
``obspy-tng demo``: from an archive to generated records, pictures and a table
==============================================================================

A simulated network replaces a user's archive. Half of its earthquakes are held
back; records are generated for their magnitudes and distances, and compared with theirs.
"""

import logging
import shutil
from pathlib import Path

import obspy
from obspy.clients.filesystem.sds import Client

from .. import TNGGenerator, collect_records, evaluate, hvsr, plotting, simulate_network
from ..records.earthquakes import split_by_event
from ..records.folder import write_records
from ..records.record import group_by_station
from ..simulate import write_archive

logger = logging.getLogger("obspy_tng")

#: theoretical f0 of the demo's stations in Hz
F0 = (0.6, 1.0, 2.0, 3.5, 6.0)
EVENTS = 40
PICTURES = {"records": plotting.plot_records, "hvsr": plotting.plot_hvsr_comparison,
            "response_spectra": plotting.plot_response_spectra}


def run_demo(output, number=50, seed=0):
    """
    Run the demonstration.

    :param output: folder, made where it is missing; ``archive/`` in it is made anew
        if it is not there, the stations in ``generated/`` always.
    :param number: records to generate per station.
    :param seed: int; of the network and the draw.
    """
    output = Path(output)
    archive = output / "archive"
    if not (archive / "sds").exists():
        logger.info("simulating %d stations and %d earthquakes -> %s", len(F0), EVENTS, archive)
        write_archive(simulate_network(len(F0), EVENTS, seed=seed, f0=F0), archive)
    inventory = obspy.read_inventory(str(archive / "stations.xml"))
    catalog = obspy.read_events(str(archive / "events.xml"))
    records = list(collect_records(Client(str(archive / "sds")), inventory, catalog))
    enrolled, held_back = split_by_event(records, 0.5, seed)

    generator = TNGGenerator(seed=seed).enroll(enrolled, inventory)
    generator.save(output / "model")
    real = group_by_station(held_back)
    generated = {station: generator.generate_like(station, records, number, seed=seed)
                 for station, records in real.items()}
    for station in generated:  # records of an earlier demonstration would stay beside these
        shutil.rmtree(output / "generated" / station, ignore_errors=True)
    write_records((st for group in generated.values() for st in group), output / "generated")
    generator.inventory.write(str(output / "generated" / "stations.xml"), format="STATIONXML",
                              validate=True)

    result = evaluate(real, generated, group_by_station(enrolled))
    result.to_html(output / "report.html")
    (output / "pictures").mkdir(exist_ok=True)
    for station in real:
        groups = {"real, held back": real[station], "generated": generated[station]}
        for name, draw in PICTURES.items():
            draw(groups).savefig(output / "pictures" / f"{station}_{name}.png", dpi=120)
    print(demo_table(real, generated, result))
    print(f"\nrecords, StationXML and JSON in {output / 'generated'}; pictures/ and report.html "
          f"in {output}")


def demo_table(real, generated, result):
    """
    The short table of the demonstration.

    :param real: dict station -> list of records.
    :param generated: the same.
    :param result: :class:`~obspy_tng.evaluation.Evaluation`.
    :return: str
    """
    lines = [f"{'station':10}{'theory':>9}{'real':>9}{'generated':>11}{'HVSR misfit':>14}"
             f"{'(real/real)':>13}{'ln PGA bias':>13}{'(real/real)':>13}",
             f"{'':10}{'f0 (Hz)':>9}{'f0 (Hz)':>9}{'f0 (Hz)':>11}{'(ln)':>14}"]
    for station, theory in zip(sorted(real), F0, strict=True):
        peaks = [hvsr(group[station]).peak.f0 for group in (real, generated)]
        misfit, bias = (result.row(m, station=station) for m in ("hvsr_rms", "pga_bias"))
        lines.append(f"{station:10}{theory:9.2f}{float(peaks[0]):9.2f}{float(peaks[1]):11.2f}"
                     f"{misfit['value']:14.2f}{misfit['floor']:13.2f}"
                     f"{bias['value']:13.2f}{bias['floor']:13.2f}")
    return "\n".join(lines)
