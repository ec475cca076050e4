"""
Which parts of a record must a waveform model learn?
====================================================

A record is its band levels, the ln envelopes of its frames, and the coefficients divided by the
envelopes (:mod:`obspy_tng.signal.packet_frames`). Each part of the test records is replaced in
turn, the others stay those of the record, and the classifier of ``critic_benchmark.py`` sorts the
results from the records. What it finds is a floor for any model that learns the other parts
perfectly::

    python examples/frame_parts.py --records records --least-peak 0.02

"another record" is a record of the training half with a near scenario; "a simulated record" is the
nearest of a simulated corpus. Arrivals are shifted to those of the record (P, or t05).
"""

import argparse
import logging

import numpy as np
from critic_benchmark import auc_by_group, cells, heading, sets_of, with_samples

from obspy_tng.evaluation.axes import Axes
from obspy_tng.evaluation.comparisons import Comparison
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.signal.evolutionary import FilterBank, band_levels
from obspy_tng.signal.packet_frames import COEFFICIENTS, PacketFrames
from obspy_tng.signal.source_recipe import Source
from obspy_tng.simulate.corpus import simulated_corpus


def nearest(info, others, rng, among=5):
    """Index of one of the records with the nearest magnitudes and ln distances."""
    apart = [np.hypot(o["magnitude"] - info["magnitude"],
                      np.log(o["distance"] / info["distance"]) / 0.4) for o in others]
    return int(rng.choice(np.argsort(apart)[:among]))


def shifted(data, info, place):
    """A record whose onset comes at the sample ``place``; its ends come round."""
    return np.roll(data, place - Source(data, None, info["p_index"]).onset, axis=-1)


class Parts:
    """Frames of records, and of others for them."""

    def __init__(self, frames, rng):
        self.frames, self.rng = frames, rng

    def encode(self, data):
        levels = band_levels(self.frames.filters, data)
        return self.frames.encode(data, levels), levels

    def mixed(self, data, coefficients, envelopes):
        """A record with its own levels, and the coefficients and envelopes of other frames."""
        found, levels = self.encode(data)
        coefficients = found if coefficients is None else coefficients
        envelopes = found if envelopes is None else envelopes
        joined = np.concatenate([coefficients[:, :COEFFICIENTS], envelopes[:, COEFFICIENTS:]], 1)
        return self.frames.decode(joined, levels)

    def noise(self):
        return self.rng.standard_normal((self.frames.count, COEFFICIENTS))

    def signs(self, data):
        found, _ = self.encode(data)
        return np.abs(found) * self.rng.choice([-1, 1], found.shape)


def versions(parts, data, info, known, simulated):
    """Dict name -> record with a part replaced."""
    place = Source(data, None, info["p_index"]).onset
    other, made = (parts.encode(shifted(pool[i][0], pool[i][1], place))[0] for pool, i in (
        (some, nearest(info, [o for _, o in some], parts.rng)) for some in (known, simulated)))
    return {"itself": parts.mixed(data, None, None),
            "signs of the coefficients drawn": parts.mixed(data, parts.signs(data), None),
            "coefficients: Gaussian noise": parts.mixed(data, parts.noise(), None),
            "coefficients: another record": parts.mixed(data, other, None),
            "coefficients: a simulated record": parts.mixed(data, made, None),
            "envelopes: another record": parts.mixed(data, None, other),
            "both: another record": parts.mixed(data, other, other),
            "both: a simulated record": parts.mixed(data, made, made)}


def main():
    """Command line: a line for each replaced part."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", required=True, help="folder that obspy-tng collect wrote")
    parser.add_argument("--least-peak", type=float, default=0.0, help="of records, m/s^2")
    parser.add_argument("--simulated", type=int, default=400)
    args = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    records = [r for r in read_records(args.records)
               if np.abs(record_to_array(r)).max() >= args.least_peak
               and None not in (record_info(r)["magnitude"], record_info(r)["distance"])]
    axes = Axes.of_records(records)
    known, test = split_by_event(records, 0.5, seed=1)
    frames = PacketFrames(FilterBank.of_window(axes.npts, axes.sampling_rate))
    known = [(record_to_array(r).astype(float), record_info(r)) for r in known]
    simulated = [(data.astype(float), info) for station in simulated_corpus(
        args.simulated, axes.npts, axes.sampling_rate, 3)
        for data, info in zip(*station, strict=True)]
    parts, made = Parts(frames, np.random.default_rng(1)), {}
    for record in test:
        data = record_to_array(record).astype(float)
        for name, samples in versions(parts, data, record_info(record), known,
                                      simulated).items():
            made.setdefault(name, []).append(with_samples(record, samples))
    real = sets_of(group_by_station(test), axes, "real")
    print(f"{'replaced':34}{heading()}")
    for name, streams in made.items():
        pair = Comparison(real, sets_of(group_by_station(streams), axes, name), {})
        print(f"{name:34}{cells([auc_by_group(pair, 1)])}")


if __name__ == "__main__":
    main()
