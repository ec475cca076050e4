"""
Strong-motion formats for ObsPy
===============================

The plug-ins of this package make ``obspy.read`` open the files that engineers
get from agencies:

=========  ======================================  ==========================
format     files                                   remarks
=========  ======================================  ==========================
DYNA       ESM, ITACA ``.ASC``; AFAD ``.asc``      read and write
ASA        Mexico: CIRES, UNAM (ASA 2.0)
NSMN       Turkey, text files of before DYNA
AFADMAT    AFAD records as MATLAB structs          keyword ``columns``
COSMOS     COSMOS 1.20: V1, V2 (V0 as counts)
CSMIP      California: CSMIP and CDMG V1, V2       acceleration of V2
GEONET     New Zealand V1A, V2A                    acceleration of V2A
SMC        USGS SMC
AT2        PEER AT2 (VT2, DT2)                     read and write AT2
=========  ======================================  ==========================

.. rubric:: What you get

A Stream of acceleration in m/s^2 (float64), one trace a component. Files of
velocity or displacement come in m/s and m, on channels with instrument code X
(derived); raw counts stay counts, with the factor to m/s^2 in
``stats.<format>.factor`` and ``stats.calib``.

*Components.* Z is up, N north and E east positive, where the header's
direction lies within 5 degrees of the axis; components that point down, south
or west are turned, and ``stats.<format>.reversed`` is True. Other horizontals
are 1 (nearer to north-south) and 2, not turned, with their azimuth in
``stats.<format>.azimuth``. Without a full SEED name in the file, the channel
is ``records.band_code`` of the sampling rate, N, and the component. Several
sensors of one file that would have the same id get the channel number as
location code.

*Film.* Old records that were digitised at uneven times (CSMIP V1, SMC) are interpolated to
an even rate, with the largest point on a sample.

*Metadata.* ``stats.<format>`` (lower case) has the same names for all formats,
None where the file is silent:

* ``quantity``, ``units``, ``file_units``, ``factor`` (file to SI),
  ``azimuth`` and ``dip`` (degrees, of the trace as given), ``reversed``,
  ``pga`` (absolute peak as printed in the header, in ``units``),
  ``npts_header``, ``channel_number``, ``format_version``, ``starttime_known``
* ``station_code``, ``station_name``, ``station_latitude``,
  ``station_longitude``, ``station_elevation`` (m), ``vs30`` (m/s), ``instrument``
* ``event_id`` (else made of the origin time), ``event_name``, ``origin_time``,
  ``event_latitude``, ``event_longitude``, ``event_depth`` (km), ``magnitude``,
  ``magnitude_type``, ``distance`` (epicentral, km; from the coordinates if not
  stated), ``p_time`` (AFADMAT: also ``s_time``)
* ``freqmin``, ``freqmax`` (Hz, corners of the processing), ``processing``
* ``header``: the file's own header

``stats.tng`` has what :mod:`obspy_tng.records.record` asks for (units, event, corners).

.. rubric:: Keywords

Besides those of ``obspy.read``: ``strict`` (True: a file that is cut short
raises :class:`~obspy_tng.exceptions.TNGInputError`; False: it warns and gives
what is there) and ``network`` (code that replaces the file's).

``obspy.read`` unpacks zip-like files before a plug-in sees them.

.. rubric:: Example

>>> import io
>>> import obspy
>>> text = ('''PEER NGA STRONG MOTION DATABASE RECORD
... Somewhere, 1/17/1994, Some Station, 90
... ACCELERATION TIME SERIES IN UNITS OF G
... NPTS=   4, DT=   .0100 SEC
...   .0000000E+00   .1000000E+00  -.2000000E+00   .0000000E+00
... ''')
>>> st = obspy.read(io.BytesIO(text.encode()))
>>> print(st[0].stats.channel, st[0].stats.at2.azimuth, st[0].max())
HNE 90.0 -1.96133

To write, ``st.write("record.AT2", format="AT2")`` or ``format="DYNA"``.
"""
