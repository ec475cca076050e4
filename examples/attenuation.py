"""
Attenuation curves of the level model, with the records that it was fitted to
=============================================================================

The figure of the theory page::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/attenuation.py --records records --output attenuation.png

Each panel shows a frequency band: ln energy of the mean of the horizontals less the station term,
by distance, with the curves of three magnitudes and of one record's scatter (tau and phi_ss).
Without ``--records`` a simulated network is used. The table of fitted values is printed.
"""

import argparse

import numpy as np
from matplotlib.figure import Figure

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.groundmotion.band_levels import to_contrasts
from obspy_tng.groundmotion.scenario import Scenario
from obspy_tng.records.folder import read_records

#: Hz
SHOWN, LISTED = (0.3, 1.0, 5.0), (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MAGNITUDES = (5.0, 6.0, 7.0)


def fitted(records):
    """Levels of a bank of records with the shipped prior, and their array (n, 3, bands)."""
    stats = records[0][0].stats
    generator = TNGGenerator.from_pretrained(
        sampling_rate=stats.sampling_rate, window=stats.npts / stats.sampling_rate, device="cpu")
    generator.enroll(records)
    levels = generator.method.fit_bank(generator.bank).sources.fitted
    return levels, np.concatenate([e.arrays["levels"] for e in generator.bank.values()])


def figure(levels, data):
    """Energy by distance at the frequencies of :data:`SHOWN`."""
    model = levels.model
    terms = np.stack([levels.by_station[s].term.delta_s2s for s in levels.stations])
    reduced = to_contrasts(data) - terms
    known = np.isfinite(levels.magnitudes + levels.distances)
    distances = np.geomspace(*np.clip(np.nanquantile(levels.distances, (0, 1)) * (0.5, 1.5),
                                      5, 1500), 60)
    fig = Figure(figsize=(9, 3.2), layout="constrained")
    for ax, frequency in zip(fig.subplots(1, len(SHOWN), sharex=True), SHOWN, strict=True):
        k = int(np.argmin(np.abs(np.log(model.frequencies / frequency))))
        for i, magnitude in enumerate(MAGNITUDES):
            near = known & (np.abs(levels.magnitudes - magnitude) < 0.25)
            ax.plot(levels.distances[near], reduced[near, k], ".", color=f"C{i}", ms=4)
            curve = np.array([model.expected(*Scenario(magnitude, r).arrays)[0, k]
                              for r in distances])
            ax.plot(distances, curve, color=f"C{i}", label=f"M {magnitude:g}")
        sigma = np.hypot(model.tau[k], model.phi_ss[k])
        ax.fill_between(distances, curve - sigma, curve + sigma, color=f"C{i}", alpha=0.15)
        ax.set(xscale="log", xlabel="epicentral distance (km)",
               title=f"{model.frequencies[k]:.2g} Hz")
    fig.axes[0].set_ylabel("ln energy of the band")
    fig.axes[0].legend(fontsize=8)
    return fig


def main():
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--output", default="attenuation.png")
    args = parser.parse_args()
    records = [r for r in read_records(args.records) if not r[0].stats.tng.get("padded")] \
        if args.records else simulate_network(4, 30, seed=0, sampling_rate=50.0).records
    levels, data = fitted(records)
    model, bands = levels.model, levels.model.bands
    print("   Hz     b     c     d     e |  tau phi_s2s phi_ss sigma_ss | of the HVSR "
          "(ln amplitude)")
    for frequency in LISTED:
        k = int(np.argmin(np.abs(np.log(model.frequencies / frequency))))
        tau, site, single = (0.5 * sd for sd in (model.tau, model.phi_s2s, model.phi_ss))
        h = bands + k
        print(f"{model.frequencies[k]:5.2f} " + " ".join(
            f"{c:5.2f}" for c in model.coefficients[1:, k])
            + f" | {tau[k]:.2f}    {site[k]:.2f}   {single[k]:.2f}     "
            + f"{np.hypot(tau[k], single[k]):.2f} | {tau[h]:.2f} {site[h]:.2f} {single[h]:.2f}")
    figure(levels, data).savefig(args.output, dpi=90)


if __name__ == "__main__":
    main()
