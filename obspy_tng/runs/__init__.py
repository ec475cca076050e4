"""
Runs over archives: resumable, parallel, accounted for
======================================================

A **run** does independent *units* of work (station x earthquake, station x batch of
realizations or records) and writes their results into one folder. Its **manifest**
(``manifest.sqlite`` in that folder) stores every unit: its input, its state, the
reason of a failure. The content of the folder follows from the manifest alone. A run
that was killed at any moment and started again therefore ends with the same bytes.

* There are three kinds of runs: :func:`obspy_tng.runs.collect.collect_folder`,
  :func:`~obspy_tng.runs.generate.generate_records` and
  :func:`~obspy_tng.runs.evaluate.evaluate_folders`.
* :mod:`.manifest` - the units and their states; while open, it locks the folder.
* :mod:`.job` - units, their results, and the interface of a kind of run.
* :mod:`.loop` - the loop over units: submit, write, commit.
* :mod:`.pool` - threads, processes, or any executor (Dask, MPI, ...).
* :mod:`.outputs` - from the manifest to the files in the folder.
* :mod:`.shards` - one run as an array job, and the merge of its parts.
* :mod:`obspy_tng.runs.collect`, :mod:`.generate`, :mod:`.evaluate` - the kinds.
* :mod:`.split` - a folder of records in two, by earthquake (not a run).

Only the process that holds the manifest writes; workers return packed files. A
killed worker therefore leaves no partly written files.
"""
