"""
Reasons of rejections: a code, the value that was found and the limit.

:func:`~obspy_tng.records.prepare.prepare_record` raises :class:`RecordRejectedError`, a
:class:`~obspy_tng.TNGInputError` that contains the :class:`RejectedRecord`; archives list them
(``collection.rejected``, ``rejected.txt``, the manifest).
"""

from contextlib import contextmanager
from dataclasses import dataclass

from ..exceptions import TNGInputError

#: code -> meaning, and the argument that changes it, or None
CODES = {
    # the three traces
    "components": ("not three traces of one sensor", None),
    "times": ("the components share too little of their time", "common_span"),
    "gap": ("samples are missing (a masked array)", None),
    "too_few_samples": ("a trace of fewer than two samples", None),
    "not_finite": ("samples are NaN, infinite, or no real numbers", None),
    "bad_code": ("a network, station, location or channel code that is missing or cannot be "
                 "part of a path", None),
    # what the digitiser wrote
    "constant": ("a dead trace: all samples are equal", None),
    "dead": ("one component hardly moves while the others do", None),
    "copied": ("two components have the same samples", None),
    "gain": ("one component is far stronger or weaker than the others at all frequencies", None),
    "shifted": ("one component comes earlier or later than both others", None),
    "clipped": ("the peaks are cut off, flat or crowded below one level, or the counts overflowed",
                None),
    "stuck": ("the digitiser repeats one value between two jumps", None),
    "bridged": ("a straight line or equal samples in the middle of motion: missing samples were "
                "filled", None),
    "repeated": ("the same samples come twice in a trace", None),
    "spike": ("a few samples far above all others near them", None),
    "step": ("the baseline jumps", None),
    "jump": ("two neighbouring samples differ far more than all others near them: samples are "
             "missing, or the baseline moved", None),
    "pulses": ("a train of identical pulses from beginning to end: a calibration", None),
    "coarse": ("the peak is only a few steps of the digitiser", "min_steps"),
    "sampling_rate": ("lower than the record's, or not the same for all components",
                      "sampling_rate"),
    # metadata
    "no_channel": ("the inventory does not have the channel", "inventory"),
    "no_epoch": ("the inventory has no epoch of the channel for all of the recording, or two that "
                 "contradict each other", "inventory"),
    "places": ("the channels of the three components are at different places", "inventory"),
    "orientation": ("azimuth or dip is not known, or the three axes lie in a plane",
                    "inventory"),
    "response": ("no response, or one that cannot be removed", "inventory"),
    "response_units": ("the response is not one of ground motion, or in unknown units",
                       "inventory"),
    "sensitivity": ("the gains of the stages contradict the overall sensitivity", "inventory"),
    "units": ("the units of the samples are not known, or contradict the processing", "units"),
    "amplitude": ("accelerations that ground never has: wrong units or gain", "max_peak"),
    # the window
    "begins_in_signal": ("the recording begins in the strong part", "max_start_level"),
    "cut_in_signal": ("the recording breaks off in the strong part", "max_end_level"),
    "too_short": ("too short for the window, even with zeros behind it", "pad"),
    "window_too_short": ("the window would cut the strong part", "window"),
    # archives
    "no_origin": ("an event of the catalog without origin time and place", "catalog"),
    "no_earthquake": ("no earthquake of the catalog arrives at that time", "clock_offsets"),
    "does_not_fit": ("the strong part does not begin when the earthquake arrives",
                     "clock_offsets"),
    "larger_earthquake": ("shaking of a larger earthquake falls into the window", "catalog"),
    "another_recording": ("another recording of the same earthquake is used", None),
    "other_sensor": ("another sensor of the station is used in this run", "locations"),
    "same_samples": ("the same samples are filed twice", None),
    "same_second": ("another record of the station starts at the same second", None),
    "unusable": ("anything else; the text says what", None),
}


@dataclass(frozen=True)
class RejectedRecord:
    """
    Reason why a recording is no record.

    ``code`` is a key of :data:`CODES`. ``value`` is the value that was found, ``limit`` the allowed
    one, both None without numbers. ``text`` is the reason in words.
    """

    code: str
    value: float | None
    limit: float | None
    text: str

    def __post_init__(self):
        if self.code not in CODES:
            raise TNGInputError(f"code must be one of {sorted(CODES)}, got {self.code!r}")
        for name in ("value", "limit"):  # plain numbers: they are stored as JSON
            number = getattr(self, name)
            object.__setattr__(self, name, None if number is None else float(number))

    def __str__(self):
        return self.text

    @property
    def row(self):
        """``[code, value, limit, text]``, JSON-able."""
        return [self.code, self.value, self.limit, self.text]


class RecordRejectedError(TNGInputError):
    """A recording is no record; ``rejection`` is the :class:`RejectedRecord`."""

    def __init__(self, rejection):
        super().__init__(rejection.text)
        self.rejection = rejection

    def __reduce__(self):
        return RecordRejectedError, (self.rejection,)


def rejected(code, text, value=None, limit=None):
    """
    An exception to raise.

    :param code: key of :data:`CODES`.
    :param text: the reason in words.
    :param value: number that was found.
    :param limit: number that is allowed.
    :return: :class:`RecordRejectedError`

    .. rubric:: Example

    >>> rejected("coarse", "the peak is 2 steps, min_steps=3 are needed", 2, 3).rejection.row
    ['coarse', 2.0, 3.0, 'the peak is 2 steps, min_steps=3 are needed']
    """
    return RecordRejectedError(RejectedRecord(code, value, limit, text))


@contextmanager
def of_recording(name):
    """
    Put the name of a recording before the reason of a rejection.

    :param name: of the recording.
    :raises RecordRejectedError: what the body raises, with the name.

    .. rubric:: Example

    >>> with of_recording("XX.S1"):
    ...     raise rejected("too_short", "too short: 3.0 s", 3.0, 20.0)
    Traceback (most recent call last):
    obspy_tng.records.rejection.RecordRejectedError: XX.S1: too short: 3.0 s
    """
    try:
        yield
    except RecordRejectedError as err:
        found = err.rejection
        raise rejected(found.code, f"{name}: {found.text}", found.value, found.limit) from None


def rejection_of(error):
    """:class:`RejectedRecord` of a TNGInputError; code "unusable" where it has none."""
    if isinstance(error, RecordRejectedError):
        return error.rejection
    return RejectedRecord("unusable", None, None, str(error))
