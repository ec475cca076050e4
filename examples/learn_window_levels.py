"""
Window levels of simulated records
==================================

Makes the model in the package of when and at which frequency the energy of records comes
(:mod:`obspy_tng.groundmotion.window_levels`), from simulated records only::

    python examples/learn_window_levels.py --output obspy_tng/groundmotion/window_levels.npz

Half of the records are of 120 s at 50 Hz, half of 60 s at 100 Hz. Some minutes on one core.
"""

import argparse

import numpy as np

from obspy_tng.groundmotion.window_levels import learn_window_levels, save_window_levels
from obspy_tng.records.info import info_values
from obspy_tng.signal.energy_windows import EnergyWindows, energy_onset
from obspy_tng.simulate.corpus import simulated_corpus

NPTS = 6000
RATES = (50.0, 100.0)


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--output", required=True, help="file to write")
    parser.add_argument("--records", type=int, default=1300)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    levels, infos = [], []
    for rate in RATES:
        windows = EnergyWindows(NPTS, rate)
        for data, some in simulated_corpus(args.records // 2, NPTS, rate, args.seed):
            levels += [windows.levels(record, energy_onset(record)) for record in data]
            infos += some
    model = learn_window_levels(np.stack(levels), *(
        info_values(infos, key) for key in ("magnitude", "distance", "depth")))
    save_window_levels(model, args.output)
    print(f"{len(levels)} records")


if __name__ == "__main__":
    main()
