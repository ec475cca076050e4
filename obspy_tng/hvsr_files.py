"""An HVSR on disk: a table as CSV, or a file for hvsrpy [Vantassel2020]_."""

import json

import numpy as np


def write_csv(curve, path):
    """
    Write curves, mean and standard deviation as CSV, a row for each frequency.

    The first lines begin with ``#`` and contain station, f0 of the mean curve and the statistics
    of f0. Columns: ``frequency_hz, mean, std_ln``, then the curves by their labels; labels of
    rejected curves end with ``(rejected)``.

    :param curve: :class:`~obspy_tng.hvsr_curves.HVSR`.
    :param path: file to write.
    """
    names = [label if used else f"{label} (rejected)"
             for label, used in zip(curve.labels, curve.accepted, strict=True)]
    head = [f"station {curve.station}", f"f0 of the mean curve {float(curve.peak.f0):.6g} Hz",
            "f0 of the curves " + json.dumps({k: None if np.isnan(v) else v
                                              for k, v in curve.f0.items()})]
    columns = ["frequency_hz", "mean", "std_ln", *(f'"{name}"' for name in names)]
    np.savetxt(path, np.column_stack([curve.frequencies, curve.amplitude, curve.std,
                                      curve.curves.T]), delimiter=",", fmt="%.7g", comments="",
               header="\n".join([*(f"# {line}" for line in head), ",".join(columns)]),
               encoding="utf-8")


def write_hvsrpy(curve, path):
    """
    Write the file that ``hvsrpy.read_hvsr_object_from_file`` reads.

    hvsrpy searches for peaks with its own method, in the same frequency band.

    :param curve: :class:`~obspy_tng.hvsr_curves.HVSR`.
    :param path: file to write.
    """
    used = curve.accepted.tolist()
    about = {"processing_method": "traditional", "written_by": "obspy_tng",
             "station": curve.station, "labels": list(curve.labels),
             "search_range_in_hz": [curve.search["freqmin"], curve.search["freqmax"]],
             "find_peaks_kwargs": {}, "valid_window_boolean_mask": used,
             "valid_peak_boolean_mask": used}
    columns = ["frequency (Hz)", *(f"hvsr curve {i + 1}" for i in range(len(curve))),
               "mean curve (lognormal)", "mean curve std (lognormal)"]
    np.savetxt(path, np.column_stack([curve.frequencies, curve.curves.T, curve.amplitude,
                                      curve.std]), delimiter=",",
               header=f"{json.dumps(about, indent=2)}\n{','.join(columns)}", encoding="utf-8")
