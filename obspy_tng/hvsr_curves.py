"""
HVSR and site frequency from Streams
====================================

:func:`hvsr` takes earthquake records as a whole, or cuts a long recording of
microtremor into windows, and returns an :class:`HVSR`: the curves, their
lognormal mean and standard deviation, f0 of every curve and of the mean curve
with the SESAME criteria, and a plot. The numbers come from the array functions
in :mod:`obspy_tng.signal`, which have the details of every option.
"""

import inspect
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from . import signal
from ._page import facts
from .exceptions import TNGInputError
from .hvsr_files import write_csv, write_hvsrpy
from .records.noise import curve_pieces, streams_of_one_station
from .records.record import station_id
from .signal.sesame import criteria_in_words
from .signal.spectral_ratio import HVSRPY_OPTIONS

# points of a published station curve: reference "paper mode"
PAPER_FREQUENCIES = np.linspace(1, 20, 400)
# Over all frequencies, horizontals are rarely more than ten times the vertical.
MOST_UNLIKE = 300.0


@dataclass(frozen=True)
class HVSR:
    """
    HVSR of one station; what :func:`hvsr` returns.

    :param station: station id ``"NET.STA"``.
    :param frequencies: Hz ``(nfreq,)``.
    :param curves: ratios ``(n, nfreq)``, one row per record or window.
    :param labels: n names: record ids, or record id and start of the window in s.
    :param accepted: mask ``(n,)``; rejected curves count in no statistics.
    :param picks: :class:`~obspy_tng.signal.F0Pick` of the n curves.
    :param window_length: s; of records their mean.
    :param search: options of :func:`obspy_tng.signal.pick_f0` that were used.
    :param reasons: n reasons why a window was left out before a curve was made (its row is NaN),
        None for the others.
    :param overlap: share of a window that the next one repeats.
    """

    station: str
    frequencies: np.ndarray
    curves: np.ndarray
    labels: list
    accepted: np.ndarray
    picks: signal.F0Pick
    window_length: float
    search: dict
    reasons: tuple = ()
    overlap: float = 0.0

    def __len__(self):
        return len(self.curves)

    @property
    def mode(self):
        """None or ``"paper"``."""
        return self.search["mode"]

    def __repr__(self):
        return (f"<HVSR of {self.station}: {int(self.accepted.sum())} of {len(self)} curves, "
                f"{self.peak!r}>")

    def __str__(self):
        lines = [f"HVSR of {self.station}: {int(self.accepted.sum())} of {len(self)} curves, "
                 f"{self.frequencies[0]:.3g} to {self.frequencies[-1]:.3g} Hz"]
        if left := [reason for reason in self.reasons if reason]:
            lines.append(f"{len(left)} window{'s' * (len(left) > 1)} left out; "
                         f"the first: {left[0]}")
        return "\n".join([*lines, *(f"{name}: {text}" for name, text in self._facts())])

    def _facts(self):
        """What a user reads first: names and texts."""
        f0, peak = self.f0, self.peak
        yield "f0 of the mean curve", (f"{peak.f0:.3g} Hz, amplitude {peak.a0:.2f}" if peak.found
                                       else f"no clear peak ({peak.reason})")
        if f0["n"] > 1:
            yield "f0 of the curves", (f"median {f0['median']:.3g} Hz, std of ln {f0['std']:.2f}, "
                                       f"n = {f0['n']}")
        elif len(self) > 1:
            yield "f0 of the curves", f"{f0['n']} of them with a clear peak, too few for statistics"
        else:
            yield "one curve", "no scatter; window_length= cuts microtremor into windows"
        if peak.found and self.mode is None:
            yield "SESAME", criteria_in_words(peak.criteria)
            if peak.criteria["clarity_f0_std"] == 0:
                yield "f0 scatters", "freqmin= and freqmax= narrow the search to one peak"

    def _repr_pretty_(self, printer, cycle):
        printer.text(str(self))

    def _repr_html_(self):
        return facts([("station", self.station),
                      ("curves", f"{int(self.accepted.sum())} of {len(self)}"), *self._facts()])

    def to_csv(self, path):
        """Write a table of frequencies: see :func:`obspy_tng.hvsr_files.write_csv`."""
        write_csv(self, path)

    def to_hvsrpy(self, path):
        """Write a file for hvsrpy: see :func:`obspy_tng.hvsr_files.write_hvsrpy`."""
        write_hvsrpy(self, path)

    @cached_property
    def amplitude(self):
        """Lognormal mean of the accepted curves ``(nfreq,)``; their median in paper mode."""
        curves = self.curves[self.accepted]
        return (np.median(curves, axis=0) if self.mode == "paper"
                else np.exp(np.log(curves).mean(axis=0)))

    @cached_property
    def std(self):
        """Standard deviation of ln amplitude ``(nfreq,)``; NaN for a single curve."""
        curves = np.log(self.curves[self.accepted])
        return (curves.std(axis=0, ddof=1) if len(curves) > 1
                else np.full(curves.shape[1], np.nan))

    @cached_property
    def f0(self):
        """Lognormal statistics of f0 over the accepted curves: see :func:`signal.lognormal_f0`."""
        return signal.lognormal_f0(self.picks.f0[self.accepted])

    @cached_property
    def peak(self):
        """:class:`~obspy_tng.signal.F0Pick` of the mean curve, with the SESAME criteria."""
        return pick_f0(self)

    def plot(self, ax=None, curves=True):
        """
        Plot curves, mean, one standard deviation to both sides, and f0.

        :param ax: matplotlib Axes; None makes a new figure.
        :param curves: draw the single curves, too.
        :return: matplotlib Figure
        """
        import matplotlib.pyplot as plt

        from .plotting.panels import FREQUENCY, GRID, RATIO, plain_log_axes
        if ax is None:
            _, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
        for mask, color, name in ((self.accepted, "0.75", "single"),
                                  (~self.accepted, "#e8b0a0", "rejected")):
            if curves and mask.any():
                lines = ax.plot(self.frequencies, self.curves[mask].T, color=color, lw=0.5)
                lines[0].set_label(f"{name} (n = {mask.sum()})")
        ax.plot(self.frequencies, self.amplitude, color="k", lw=1.8,
                label="median" if self.mode == "paper" else "lognormal mean")
        for sign, label in ((1, "± 1 std"), (-1, None)):
            ax.plot(self.frequencies, self.amplitude * np.exp(sign * self.std), "k--", lw=0.9,
                    label=label)
        if self.peak.found:
            ax.axvline(self.peak.f0, color="#b03020", lw=1.2, label=f"f0 = {self.peak.f0:.3g} Hz")
        lowest = 10 / self.window_length
        if self.mode is None and lowest > self.frequencies[0]:
            ax.axvspan(self.frequencies[0], min(lowest, self.frequencies[-1]), color="0.93", lw=0,
                       zorder=0, label="fewer than 10 periods")
        ax.set(xscale="log", yscale="log", xlim=self.frequencies[[0, -1]], title=self.station,
               xlabel=FREQUENCY, ylabel=RATIO)
        plain_log_axes(ax)
        ax.grid(True, which="major", **GRID)
        ax.legend(fontsize=8)
        return ax.figure


def hvsr(stream_or_streams, *, inventory=None, window_length=None, overlap=0.0, rejection=None,
         freqmin=None, freqmax=None, min_amplitude=2.0, min_prominence=1.5,
         center_frequencies=None, mode=None,
         **options) -> HVSR:
    """
    HVSR of the records of one station, or of a recording of microtremor.

    :param stream_or_streams: one Stream with a trace each for Z, N and E (or K-NET's UD, NS,
        EW), or an iterable of them, all of one station. Lengths and rates may differ. The unit
        does not matter. Streams are not changed.
    :param inventory: Inventory with azimuths and dips: turns any three components (1, 2, Z) to
        Z, N and E, and divides by their sensitivities.
    :param window_length: s; cuts every Stream into windows (microtremor); None takes
        every Stream as a whole (earthquake records). [SESAME2004]_ requires at least
        10 periods of the expected f0. The Stream may then have gaps and components that begin
        at different times: the windows that are whole are used. One in which a component is
        flat or filled up is left out, with the reason (``reasons``).
    :param overlap: share of a window that the next one repeats, 0 to below 1.
    :param rejection: None, or ``"cox2020"``: frequency-domain window rejection
        (:func:`obspy_tng.signal.reject_windows`).
    :param freqmin: Hz, lower end of the search for f0; default 10 over the length of a
        record or window in s, below which no peak is reliable ([SESAME2004]_).
    :param freqmax: Hz, upper end of the search for f0; default the last frequency.
    :param min_amplitude: see :func:`obspy_tng.signal.pick_f0`.
    :param min_prominence: see :func:`obspy_tng.signal.pick_f0`.
    :param center_frequencies: Hz; default 400, logarithmic from 0.1 Hz to 0.8 of the
        lowest Nyquist frequency.
    :param mode: None, or ``"paper"``: curves and f0 exactly as in the published
        evaluation of TimesNet-Gen, the curves interpolated to 400 points, 1-20 Hz.
    :param options: ``bandwidth, smoothing, horizontal, smooth_first, azimuth,
        percentile, detrend, taper, nfft``: see :func:`obspy_tng.signal.hvsr`. Records of
        different lengths share a smoothing matrix, and are many times faster, with one
        ``nfft`` for all, e.g. the samples of the longest.
    :return: :class:`HVSR`
    :raises TypeError: for anything but Streams, or an unknown option.
    :raises TNGInputError: for several stations, missing components, gaps, a window
        longer than every Stream, or a bad value.

    .. rubric:: Example

    >>> from obspy import Stream, Trace
    >>> rng = np.random.default_rng(0)
    >>> def component(code, gain=0.0):
    ...     data = rng.standard_normal(60000)
    ...     data += gain * signal.bandpass(data, 100.0, 0.9, 1.1)
    ...     return Trace(data, {"network": "XX", "station": "S1", "channel": code,
    ...                         "sampling_rate": 100.0})
    >>> noise = Stream([component("HNZ"), component("HNN", 8.0), component("HNE", 8.0)])
    >>> curve = hvsr(noise, window_length=60.0)
    >>> len(curve), round(float(curve.peak.f0), 1), float(curve.peak.criteria["reliable"])
    (10, 1.0, 1.0)
    """
    _check_options(options)
    streams = streams_of_one_station(stream_or_streams)
    if rejection not in (None, "cox2020"):
        raise TNGInputError(f"rejection must be None or 'cox2020', got {rejection!r}")
    pieces, labels, reasons = curve_pieces(streams, inventory, window_length, overlap)
    good = [i for i, reason in enumerate(reasons) if reason is None]
    if center_frequencies is None and mode is None:
        rate = min(rate for _, rate in pieces)
        center_frequencies = signal.default_center_frequencies(rate)
    search = {"min_amplitude": min_amplitude, "min_prominence": min_prominence,
              "freqmin": freqmin, "freqmax": freqmax, "mode": mode}
    ratios: list = [None] * len(pieces)
    picks: list = [None] * len(pieces)
    for members in _alike(pieces, good):
        data, rate = np.stack([pieces[i][0] for i in members]), pieces[members[0]][1]
        frequencies, ratio = signal.hvsr(data, rate, center_frequencies, mode=mode, **options)
        found = signal.pick_f0(frequencies, ratio, **search,
                               window_length=data.shape[-1] / rate)
        if mode == "paper" and center_frequencies is None:
            ratio = np.stack([np.interp(PAPER_FREQUENCIES, frequencies, r) for r in ratio])
            frequencies = PAPER_FREQUENCIES
        for row, i in enumerate(members):
            ratios[i] = ratio[row]
            picks[i] = (found.f0[row], found.a0[row], found.prominence[row], found.reason[row])
    for i in sorted(set(range(len(pieces))) - set(good)):
        ratios[i] = np.full(len(frequencies), np.nan)
        picks[i] = (np.nan, np.nan, np.nan, f"window left out: {reasons[i]}")
    curves = np.stack(ratios)
    _check_gains(curves[good], station_id(streams[0]))
    f0, a0, prominence, reason = map(np.array, zip(*picks, strict=True))
    length = np.mean([data.shape[-1] / rate for data, rate in pieces])
    accepted = np.isin(np.arange(len(curves)), good)
    if rejection == "cox2020":
        lowest = 10 / length if freqmin is None and mode is None else freqmin
        accepted[good], _ = signal.reject_windows(frequencies, curves[good], freqmin=lowest,
                                                  freqmax=freqmax)
        if not accepted.any():
            raise TNGInputError("rejection='cox2020' leaves no window")
    return HVSR(station_id(streams[0]), frequencies, curves, labels, accepted,
                signal.F0Pick(f0, a0, prominence, reason), float(length), search, tuple(reasons),
                float(overlap))


def _check_gains(curves, station):
    """Raise where the components cannot have been in one unit."""
    typical = float(np.median(curves))
    if not 1 / MOST_UNLIKE < typical < MOST_UNLIKE:
        raise TNGInputError(f"{station}: the horizontals are {typical:.3g} times the vertical on "
                            f"average, {MOST_UNLIKE:g} times more or less is possible: a sensor is "
                            "dead, or gains differ (inventory= divides by the sensitivities)")


def _check_options(options):
    """Raise TypeError for an option that there is not."""
    for name in options.keys() & HVSRPY_OPTIONS.keys():
        raise TypeError(f"hvsr(): {name} is hvsrpy's; here it is {HVSRPY_OPTIONS[name]}")
    own = [name for name in inspect.signature(hvsr).parameters if name != "options"][1:]
    known = sorted({*own, *list(inspect.signature(signal.hvsr).parameters)[2:]})
    for name in options.keys() - {*known}:
        raise TypeError(f"hvsr(): no option {name!r}; there are {', '.join(known)}")


def _alike(pieces, good):
    """Positions of the good pieces of equal length and rate, group by group."""
    groups = {}
    for i in good:
        data, rate = pieces[i]
        groups.setdefault((data.shape[-1], rate), []).append(i)
    return list(groups.values())


def pick_f0(curve_or_frequencies, amplitude=None, **options) -> signal.F0Pick:
    """
    Site frequency of an :class:`HVSR`, or of curves as arrays.

    Of an :class:`HVSR` it is that of the mean curve, and everything that the SESAME
    criteria need is known.

    :param curve_or_frequencies: :class:`HVSR`, or frequencies in Hz ``(nfreq,)``.
    :param amplitude: curves ``(..., nfreq)`` if frequencies are given, else None.
    :param options: see :func:`obspy_tng.signal.pick_f0`.
    :return: :class:`~obspy_tng.signal.F0Pick`; no clear peak is NaN and the reason.
    :raises TNGInputError: for bad values.
    :raises TypeError: for frequencies without amplitude, or an HVSR with it.

    .. rubric:: Example

    >>> frequencies = np.geomspace(0.1, 20.0, 200)
    >>> amplitude = 1.0 + 4.0 * np.exp(-0.5 * (np.log(frequencies / 2.0) / 0.2) ** 2)
    >>> print(round(float(pick_f0(frequencies, amplitude).f0), 1))
    2.0
    """
    if not isinstance(curve_or_frequencies, HVSR):
        if amplitude is None:
            raise TypeError("amplitude is needed with frequencies; or give the result of hvsr()")
        return signal.pick_f0(curve_or_frequencies, amplitude, **options)
    if amplitude is not None:
        raise TypeError("amplitude must be None with an HVSR: the mean curve is used")
    curve = curve_or_frequencies
    several = curve.accepted.sum() > 1
    # what two windows share counts once in the total length
    apart = max(1, round(1 + (curve.accepted.sum() - 1) * (1 - curve.overlap)))
    known = {"std": curve.std if several else None,
             "f0_std": curve.f0["f0_std"] if several else None,
             "window_length": curve.window_length, "n_windows": apart}
    return signal.pick_f0(curve.frequencies, curve.amplitude, **(curve.search | known | options))
