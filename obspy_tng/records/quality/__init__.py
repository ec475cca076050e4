"""
Checks of raw traces: is this a complete, unclipped, resolved recording of ground motion?
=========================================================================================

Every check is a number and a limit. :func:`check_trace` returns them all, so that a record
carries them (``stats.tng.quality``), and rejects a trace that breaks one. The kernels are in
:mod:`.levels` (the digitiser's levels), :mod:`.overflow` (counts beyond its range),
:mod:`.glitches` (what recorders add and leave out), :mod:`.filled` (what stands for missing
samples) and :mod:`.components` (the three components against each other).
"""

import numpy as np

from ..rejection import rejected
from ..samples import plain_samples
from .components import check_components
from .filled import bridged_seconds, held_seconds, repeated_seconds
from .glitches import baseline_step, jump_ratio, padded_edge, pulse_share, spike_ratio
from .levels import (
    clipped_samples,
    crowded_tops,
    digitiser_step,
    near_full_scale,
    stuck_samples,
)
from .overflow import overflows

__all__ = ["CHECKS", "check_components", "check_trace", "clipped_samples", "digitiser_step",
           "stuck_samples", "worst"]

# check -> largest value allowed. Set between the good records of four networks (Mexico City,
# Gujarat, Ridgecrest, Gilroy: 745 recordings) and made-up faults; see the guide.
CHECKS = {"clipped": 0, "overflow": 0, "pulses": 0.45, "spike": 4.0, "stuck": 0, "bridged": 0.0,
          "crowded": 0.2, "full_scale": 0.12, "step": 0.1, "jump": 6.0, "padded_start": 0.2,
          "padded_end": 0.2, "held": 0.0, "repeated": 0.0}

_CODES = {"crowded": "clipped", "full_scale": "clipped", "overflow": "clipped",
          "padded_start": "begins_in_signal", "padded_end": "cut_in_signal", "held": "bridged"}

# check -> what is wrong, by the value found, its limit, and the least and largest sample
_REASONS = {
    "clipped": "clipped trace, {value} samples in flat tops at {low:g} or {high:g}",
    "overflow": "clipped trace, {value} jumps from one end of the digitiser's range to the other "
                "({low:g} and {high:g}): the counts overflowed",
    "pulses": "a train of identical pulses has {value:.0%} of the energy from beginning to end: a "
              "calibration, no earthquake",
    "spike": "a spike of a few samples, {value:.1f} times what is near it; at most {limit:g} is "
             "natural",
    "stuck": "the digitiser was stuck at one value for {value} samples",
    "bridged": "a straight line of {value:.2f} s in the middle of motion: samples that are missing "
               "were filled",
    "crowded": "clipped trace, {value:.0%} of its large half-cycles end within 3 % of {low:g} or "
               "{high:g}, at most {limit:.0%} is natural",
    "full_scale": "clipped trace, {value:.0%} of its large half-cycles end within 3 % of {low:g} "
                  "or {high:g}, near the full scale of a digitiser",
    "step": "the baseline has a step of {value:.0%} of the peak; at most {limit:.0%} is natural",
    "jump": "two neighbouring samples differ {value:.1f} times as much as all others near them; at "
            "most {limit:g} is natural: samples are missing, or the baseline moved",
    "padded_start": "begins in the signal behind a constant value: {value:.0%} of the peak next to "
                    "it",
    "padded_end": "cut in the signal, and a constant value behind it: {value:.0%} of the peak next "
                  "to it",
    "held": "{value:.2f} s of equal samples in the middle of motion: samples that are missing were "
            "filled",
    "repeated": "{value:.2f} s of samples come twice: a packet was repeated"}


def check_trace(tr, min_steps=3.0, acceleration=True):
    """
    Check one raw trace.

    :param tr: Trace of counts or physical units.
    :param min_steps: least peak, in steps of the digitiser; see
        :func:`~obspy_tng.records.quality.levels.digitiser_step`.
    :param acceleration: False for samples of velocity, whose baseline may go anywhere.
    :return: dict check -> ``[value, limit]``: those of :data:`CHECKS`, and "coarse", the peak in
        steps, which must not be below its limit.
    :raises RecordRejectedError: on the first check that fails.
    """
    data = plain_samples(tr)
    name = f"{tr.id} {tr.stats.starttime}"
    low, high = data.min(), data.max()
    if low == high:
        raise rejected("constant", f"{name}: constant trace (all samples {low:g})", 0.0)
    step, rate = digitiser_step(data), tr.stats.sampling_rate
    full_scale, overflow = near_full_scale(data), overflows(data)
    data -= np.median(data)
    peak = float(np.abs(data).max()) / step
    crowded, padded = crowded_tops(data, step), padded_edge(data, rate, step)
    found = {
        "overflow": overflow, "padded_start": padded[0], "padded_end": padded[1],
        "clipped": clipped_samples(data, step), "crowded": crowded,
        "full_scale": crowded if full_scale else 0.0,
        "stuck": stuck_samples(data, step), "bridged": bridged_seconds(data, rate, step),
        "spike": spike_ratio(data, rate, step), "jump": jump_ratio(data, rate, step),
        "step": baseline_step(data, rate) if acceleration else 0.0,
        "pulses": pulse_share(data, rate), "held": held_seconds(data, rate),
        "repeated": repeated_seconds(data, rate)}
    for check, limit in CHECKS.items():
        if found[check] > limit:
            reason = _REASONS[check].format(value=found[check], limit=limit, low=low, high=high)
            raise rejected(_CODES.get(check, check), f"{name}: {reason}", found[check], limit)
    if peak < 0.95 * min_steps:  # steps of old digitisers are not quite equal
        raise rejected("coarse", f"{name}: coarse quantisation, the peak is {peak:.1f} steps of "
                       f"the digitiser, min_steps={min_steps:g} are needed", peak, min_steps)
    return {**{check: [float(found[check]), float(limit)] for check, limit in CHECKS.items()},
            "coarse": [peak, float(min_steps)]}


def worst(checks):
    """
    The checks of a recording out of those of its traces.

    :param checks: list of dicts of :func:`check_trace`.
    :return: dict of the same form: the largest values, of "coarse" the smallest.
    """
    return {key: (min if key == "coarse" else max)((found[key] for found in checks),
                                                   key=lambda pair: pair[0])
            for key in checks[0]}
