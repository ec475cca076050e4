"""
Archives: clients and files, plan, association with earthquakes, records
========================================================================

:func:`~obspy_tng.archive.collection.collect_records` goes through an archive in one process;
:func:`obspy_tng.runs.collect.collect_folder` does the same into a folder, in parallel.
"""

from .collection import RecordCollection, collect_records

__all__ = ["RecordCollection", "collect_records"]
