"""
Are the sensors of a station turned against their metadata?
===========================================================

P moves the ground away from the source, or towards it, and up or down with that. So the first
motion of three components tells the azimuth that P comes from, by the data; the catalog has
another, the back azimuth. One record tells little: of good stations one in seven is more than 45
degrees off. Over ten records or more the mean difference shows how far the sensors are turned, or
that a component has the wrong sign, as of networks [Niu_Li2011]_.

.. [Niu_Li2011] Niu, F. and Li, J. (2011). Component azimuths of the CEArray stations estimated from
   P-wave particle motion. Earthquake Science 24, 3-13.
"""

from dataclasses import dataclass

import numpy as np
from obspy.geodetics import gps2dist_azimuth

from ..exceptions import TNGInputError
from ..signal import processing
from .event import origin_of
from .places import header_place
from .record import group_by_station, record_to_array

#: Hz, s before and after P of the first motion, s of noise that are needed before
BAND, SPAN, NOISE = (1.0, 8.0), (0.1, 0.6), 1.5
#: power over that of the noise, of the vertical and of the horizontals together
LEAST_RATIO = 10.0
#: what counts as turned: degrees, agreement, and records
TURNED, AGREEMENT, FEWEST = 30.0, 0.7, 10


@dataclass(frozen=True)
class SensorTurn:
    """
    How far the sensors of a station are turned.

    :param degrees: mean azimuth of P by the records less that by the catalog, -180 to 180.
    :param agreement: length of the mean of unit vectors at these angles: 1 where all records say
        the same, near 0 where they say nothing.
    :param count: number of records.
    """

    degrees: float
    agreement: float
    count: int

    @property
    def turned(self):
        """Whether metadata and records contradict each other: 30 degrees, 10 records and more."""
        return bool(abs(self.degrees) > TURNED and self.agreement > AGREEMENT
                    and self.count >= FEWEST)


def p_azimuth(data, sampling_rate, p_index):
    """
    Azimuth from which P comes, by its particle motion.

    :param data: record ``(3, npts)``, ZNE.
    :param sampling_rate: Hz.
    :param p_index: sample of the arrival of P.
    :return: degrees from north, 0 to 360; None where the vertical or the horizontals do not
        show P.

    .. rubric:: Example

    P from the east: up, and away from there.

    >>> x = np.random.default_rng(0).standard_normal((3, 2000)) * 1e-3
    >>> pulse = np.sin(np.arange(60) / 3.0)
    >>> x[:, 1000:1060] += np.array([[1.0], [-0.1], [-0.5]]) * pulse
    >>> round(p_azimuth(x, 100.0, 1000))
    79
    """
    if p_index is None or p_index < NOISE * sampling_rate:
        return None
    data = processing.bandpass(data, sampling_rate, BAND[0], min(BAND[1], 0.4 * sampling_rate))
    before, behind = (int(seconds * sampling_rate) for seconds in SPAN)
    motion = data[:, p_index - before:p_index + behind]
    noise = data[:, int(0.2 * NOISE * sampling_rate):p_index - 3 * before]
    power, level = (np.square(part).mean(axis=1) for part in (motion, noise))
    if power[0] < LEAST_RATIO * level[0] or power[1:].sum() < LEAST_RATIO * level[1:].sum():
        return None
    vertical, north, east = motion
    return float(np.degrees(np.arctan2(-(vertical @ east), -(vertical @ north))) % 360)


def sensor_turns(records, catalog):
    """
    How far the sensors of each station are turned against their metadata.

    :param records: iterable of records, or dict station id -> records, with event, P and place
        (``event_id``, ``p_index``, ``station_latitude``, ``station_longitude`` of ``stats.tng``);
        others are left out.
    :param catalog: Catalog with these events.
    :return: dict station id -> :class:`SensorTurn`, of the stations with usable records; where
        one horizontal has the wrong sign, the agreement is low.
    """
    events, found = {str(event.resource_id): event for event in catalog}, {}
    for station, group in group_by_station(records).items():
        angles = []
        for record in group:
            tng = record[0].stats.get("tng", {})
            place, event = header_place(record[0]), events.get(tng.get("event_id"))
            azimuth = None if place is None or event is None else p_azimuth(
                record_to_array(record), record[0].stats.sampling_rate, tng.get("p_index"))
            if azimuth is None:
                continue
            try:
                origin = origin_of(event)
            except TNGInputError:
                continue
            angles.append(azimuth - gps2dist_azimuth(place[0], place[1], origin.latitude,
                                                     origin.longitude)[1])
        if angles:
            mean = np.exp(1j * np.radians(angles)).mean()
            found[station] = SensorTurn(float(np.degrees(np.angle(mean))), float(abs(mean)),
                                        len(angles))
    return found
