"""
Strong-motion formats for ObsPy
===============================

With the plug-ins of this package, ``obspy.read`` opens the files that engineers
get from agencies:

=======  =================================================  ====================================
format   files                                              remarks
=======  =================================================  ====================================
DYNA     ESM, ITACA ``.ASC``; AFAD ``.asc``                 read and write
ASA      Mexico: CIRES, UNAM (ASA 2.0)
NSMN     Turkey, text files of before DYNA
AFADMAT  AFAD records as MATLAB structs                     keyword ``columns``
COSMOS   COSMOS 1.20: V1, V2 (V0 as counts)
CSMIP    California: CSMIP and CDMG V1, V2; Chile: RENADIC  acceleration of V2; V3 gives nothing
GEONET   New Zealand V1A, V2A                               acceleration of V2A
SMC      USGS SMC                                           film is interpolated
AT2      PEER AT2 (VT2, DT2)                                read and write AT2; no start time
CWA      Taiwan: CWA (CWB) free field
CSMNC    China                                              no network code
BHRC     Iran: BHRC volume 1                                no start time
ESD      Europe before ESM: ISESD ``.cor.acc``              no start time, no place
USC      Los Angeles: USC volumes 1 and 2                   film is interpolated; no start time
(KNET)   Japan: K-NET, KiK-net                              read by ObsPy, see below
=======  =================================================  ====================================

Descriptions of the formats, and sources of files:

* DYNA: https://esm-db.eu, https://tadas.afad.gov.tr; NSMN, AFADMAT: https://tadas.afad.gov.tr
* ASA: https://aplicaciones.iingen.unam.mx/AcelerogramasRSM
* COSMOS: https://www.strongmotioncenter.org/vdc/cosmos_format_1_20.pdf
* CSMIP: https://www.conservation.ca.gov/cgs/pages/program-smi/reports/other/osms85-03.aspx;
  RENADIC: http://terremotos.ing.uchile.cl
* GEONET: https://www.geonet.org.nz/data/supplementary/strong_motion_file_formats
* SMC: https://escweb.wr.usgs.gov/nsmp-data/smcfmt.html
* AT2: https://ngawest2.berkeley.edu
* CWA: https://gdms.cwa.gov.tw; CSMNC: https://www.csmnc.net; BHRC: https://smd.bhrc.ac.ir
* ESD: http://isesd.hi.is/ESD_Local/CdRom/cdrom5.htm
* USC: http://caltecheerl.library.caltech.edu/204 (the layout of Caltech's tapes)
* K-NET, KiK-net: https://www.kyoshin.bosai.go.jp/kyoshin/man/knetform_en.html

.. rubric:: What you get

A Stream of acceleration in m/s^2 (float64), one trace per component. Files of
velocity or displacement are read in m/s and m, on channels with instrument code X
(derived). Raw counts remain counts, with the factor to m/s^2 in
``stats.<format>.factor`` and ``stats.calib``.

*Components.* Z is up, N north and E east positive, where the header's
direction lies within 5 degrees of the axis. The sign of components that point down, south
or west is reversed, and ``stats.<format>.reversed`` is True. Other horizontals
are 1 (nearer to north-south) and 2, not rotated, with their azimuth in
``stats.<format>.azimuth``. Longitudinal and transverse components without a stated azimuth are 1
and 2, and give a record only with an inventory. Without a full SEED name in the file,
the channel is ``records.band_code`` of the sampling rate, N, and the component.

*Codes.* A station code of up to five letters and digits is kept. For a longer code or name the
code consists of its first two letters and three symbols derived from all of it
(:mod:`obspy_tng.io.common.codes`), so that a station has one code in all its files. The full code
and name are in ``stats.<format>``. In a structure of more than three channels the location code
is the number of the channel in the station, or one code for each place on the ground, whose
three components make a record; where only the channel of one of several recorders is stated, a
letter of the recorder's serial number tells them apart.

*Film.* Old records that were digitised at uneven times (CSMIP V1, SMC, USC volume 1) are
interpolated to an even rate, on the same instants for all traces of a film; the sample next to
the largest point takes its value.

*Metadata.* ``stats.<format>`` (lower case) has the same names for all formats,
None where the file does not have them:

* ``quantity``, ``units``, ``file_units``, ``factor`` (file to SI),
  ``azimuth`` and ``dip`` (degrees, of the trace as given), ``reversed``,
  ``pga`` (peak as printed in the header, with its sign, in ``units``),
  ``npts_header``, ``channel_number``, ``format_version``
* ``station_code``, ``station_name``, ``station_latitude``,
  ``station_longitude``, ``station_elevation`` (m), ``vs30`` (m/s), ``instrument``,
  ``sensor_place`` (in the words of the header)
* ``event_id`` (else made of the origin time), ``event_name``, ``origin_time``,
  ``event_latitude``, ``event_longitude``, ``event_depth`` (km), ``magnitude``,
  ``magnitude_type``, ``distance`` (epicentral, km; from the coordinates if not
  stated), ``p_time`` (AFADMAT: also ``s_time``)
* ``freqmin``, ``freqmax`` (Hz, corners of the processing), ``processing``
* ``starttime_known``: whether the header has the start, to the second, by a clock that was set;
  ``starttime_precision`` (s: 1, or 60 where only the minute is stated); ``doubts``:
  contradictions in the header, and how they were resolved
  (:mod:`obspy_tng.io.common.contradictions`)
* ``header``: the file's own header

``stats.tng`` has the fields of :mod:`obspy_tng.records.record` (units, event, corners).

.. rubric:: Keywords

In addition to those of ``obspy.read``: ``strict`` (True: a truncated file
raises :class:`~obspy_tng.exceptions.TNGInputError`; False: it warns and returns
the samples that the file has) and ``network`` (code that replaces the one in the file).

``obspy.read`` unpacks zip files before it calls a plug-in. Spectra in the zips of agencies
(V3) give no trace and a :class:`~obspy_tng.exceptions.TNGWarning`. If a zip also holds a file of no
waveform format, such as a readme, ``obspy.read`` raises a TypeError; unpack it then.

*K-NET and KiK-net.* ObsPy reads them, with channels EW, NS, UD and counts. ``prepare_record``
and archives of format KNET call :func:`~obspy_tng.records.nied.from_nied`, which gives SEED names,
m/s^2 and the earthquake. Location 01 is the borehole of KiK-net, 02 the surface.

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
