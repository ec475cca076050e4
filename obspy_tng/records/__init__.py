"""
What a record is, and how one is made, checked, stored and packed
=================================================================

Imports of this package are light: every format detection of :mod:`obspy_tng.io` imports it. What
users need of :mod:`~obspy_tng.records.record` and its neighbours can be imported from here.
"""

from .earthquakes import split_by_event
from .info import record_id, record_info
from .record import check_record, group_by_station, record_to_array, station_id

__all__ = ["check_record", "group_by_station", "record_id", "record_info", "record_to_array",
           "split_by_event", "station_id"]
