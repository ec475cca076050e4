"""
Suites for a real site from three of its records, compared with records that were held back
===========================================================================================

Three records of a station are enrolled. A suite is drawn for the magnitude, distance and depth of
each record that was held back, and its median spectrum is compared with the record: bias and
scatter of ln PSA by period. The floor is the geometric mean of the three records, unscaled and
without any model. With ``--others`` the generator is also given the records of the network's
other stations, of the same half of the earthquakes.

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/suite_at_a_site.py --records records --station XR.AL01
"""

import argparse

import numpy as np

from obspy_tng import TNGGenerator
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import station_id
from obspy_tng.suites.spectra import ln_spectra

PERIODS = np.array([0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0])
parser = argparse.ArgumentParser(description=__doc__.split("\n")[1])
parser.add_argument("--records", required=True, help="folder that obspy-tng collect wrote")
parser.add_argument("--station", default="XR.AL01")
parser.add_argument("--splits", type=int, default=3, help="choices of three records")
parser.add_argument("--held-back", type=int, default=30, help="records to compare with, each time")
parser.add_argument("--others", action="store_true",
                    help="enrol the records of the other stations and half of the earthquakes too")
parser.add_argument("--number", type=int, default=11, help="records of a suite")
args = parser.parse_args()

every = [r for r in read_records(args.records)
         if None not in (record_info(r)["magnitude"], record_info(r)["distance"])]
records = [r for r in every if station_id(r) == args.station]
stats = records[0][0].stats
apart, floor = [], []
for split in range(args.splits):
    rng = np.random.default_rng(split)
    known, unknown = split_by_event(every, 0.5, split)
    had, held_back = ([r for r in half if station_id(r) == args.station]
                      for half in (known, unknown))
    had = [had[i] for i in rng.permutation(len(had))[:3]]
    held_back = [held_back[i] for i in rng.permutation(len(held_back))[:args.held_back]]
    generator = TNGGenerator.from_pretrained("tng-small", sampling_rate=stats.sampling_rate,
                                             window=stats.npts / stats.sampling_rate)
    generator.enroll(had + [r for r in known if args.others and station_id(r) != args.station])
    real = ln_spectra(held_back, PERIODS)
    median = ln_spectra(had, PERIODS).mean(0)
    for truth, record in zip(real, held_back, strict=True):
        scenario = {key: record_info(record)[key] for key in ("magnitude", "distance", "depth")}
        suite = generator.generate(args.station, args.number, seed=split, **scenario)
        apart.append(ln_spectra(suite, PERIODS).mean(0) - truth)
        floor.append(median - truth)
    enrolled = ", ".join(f"M {record_info(r)['magnitude']:.1f} at "
                         f"{record_info(r)['distance']:.0f} km" for r in had)
    print(f"split {split}: enrolled {enrolled}; {len(held_back)} held back, bias "
          f"{np.mean(apart[-len(held_back):]):+.2f}")

apart, floor = np.array(apart), np.array(floor)
print(f"\n{args.station}: ln PSA (RotD50) of the suites' medians less that of {len(apart)} records "
      "of the same scenario")
print(f"{'period (s)':12}{'bias':>8}{'rms':>8}{'of the three: bias':>22}{'rms':>8}")
for k, period in enumerate([*PERIODS, None]):
    columns = slice(None) if period is None else [k]
    name = "all" if period is None else f"{period:g}"
    values = [f(x[:, columns]) for x in (apart, floor)
              for f in (np.mean, lambda y: np.sqrt(np.mean(y ** 2)))]
    print(f"{name:12}{values[0]:+8.2f}{values[1]:8.2f}{values[2]:+22.2f}{values[3]:8.2f}")
