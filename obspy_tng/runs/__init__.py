"""
Runs over archives: resumable, parallel, accounted for
======================================================

A **run** does independent *units* of work (station x earthquake, station x batch of
realizations or records) and writes what they give into one folder. Its **manifest**
(``manifest.sqlite`` in that folder) knows every unit: its input, its state, its
reason of failure. What is in the folder follows from the manifest alone; that is why
a run that was killed at any moment, and started again, ends with the same bytes.

* :func:`obspy_tng.runs.collect.collect_folder`, :func:`~obspy_tng.runs.generate.generate_records`
  and
  :func:`~obspy_tng.runs.evaluate.evaluate_folders` are the kinds of run there are.
* :mod:`.manifest` - the units and their states; open, it is the lock on the folder.
* :mod:`.job` - what a unit is, and what comes out of it.
* :mod:`.loop` - the loop over units: submit, write, commit.
* :mod:`.pool` - threads, processes, or any executor (Dask, MPI, ...).
* :mod:`.outputs` - from the manifest to the files in the folder.
* :mod:`.shards` - one run as an array job, and the merge of its parts.
* :mod:`obspy_tng.runs.collect`, :mod:`.generate`, :mod:`.evaluate` - the kinds.
* :mod:`.split` - a folder of records in two, by earthquake (no run of its own).

Only the process that holds the manifest writes; workers return packed files. A
worker that is killed can therefore leave nothing half-written behind.
"""
