"""Small files of the formats of Asia, Chile, USC and of Europe before ESM, see agency_samples."""

import numpy as np

from .sample_parts import DELTA, START, G, Sample, encode, fixed, integers, reals, rows


def cwa(zone="(GMT+08)", columns="UNE", npts=203):
    """Free-field text of Taiwan; without a zone times are UTC, as for the Chi-Chi earthquake."""
    data = rows(npts)
    gal = np.round(100 * data, 3)
    shift = 8 * 3600 if zone else 0
    begin = (START + shift).strftime("%Y/%m/%d-%H:%M:%S.%f")[:-3]
    peaks = [f"#AmplitudeMAX. {c}: {row.max():8.3f}~ {row.min():8.3f}"
             for c, row in zip(columns, gal, strict=True)]
    lines = [
        "#Earthquake Information", f"#Origin Time{zone}: " + (START - 5.5 + shift).strftime(
            "%Y/%m/%d-%H:%M:%S"),
        "#EpicenterLongitude(E): 121.69", "#EpicenterLatitude(N): 24.14", "#Depth(km): 10.0",
        "#Magnitude(Ml): 6.0", "", "#Station Information", "#StationCode: EAS",
        "#StationName: Anshuo", "#StationLongitude(E): 120.857", "#StationLatitude(N): 22.381",
        "#InstrumentKind: FBA", f"#StartTime{zone}: {begin}",
        f"#RecordLength(sec): {npts * DELTA:g}", "#SampleRate(Hz): 100",
        "#AmplitudeUnit:  gal. DCoffset(corr)", *peaks,
        f"#DataSequence: Time {'; '.join(f'{c}(+)' for c in columns)}", "#Data: 4F10.3 ",
        *("".join(f"{v:10.3f}" for v in (k * DELTA, *gal[:, k])) for k in range(npts))]
    letters = {"U": "Z"}
    return Sample(encode(lines, "\r\n"),
                  tuple(f"TW.EAS..HN{letters.get(c, c)}" for c in columns), gal / 100, 1e-12)


def csmnc(name="EW", station="65JZC"):
    """China: one component, times of Beijing."""
    number = ("EW", "NS", "UD").index(name)
    row = rows()[number]
    gal = [f"{100 * v:.6E}" for v in row]
    fields = [v.replace("E+0", "E").replace("E-0", "E-").rjust(13) for v in gal]
    values = np.array([float(f) for f in fields])
    peak = values[np.abs(values).argmax()]
    lines = [
        f"065JZC1201031539010{number + 1}", "0170920021440 2017-09-20 02:14:40 BTM",
        "ATUSHI EARTHQUAKE, ATUSHI,CHN", "EPICENTER  39.939N 77.339E DEPTH 9 KM",
        "MAGNITUDE  4.0(Ms)", f"STATION: {station} 39.700N 77.599E", "SITE CONDITION: SOIL",
        "INSTRUMENT TYPE: ETNA/ES-T", "OBSERVING POINT: GROUND", f"COMP. {name}",
        "UNCORRECTED ACCELERATION          UNIT: CM/SEC/SEC",
        f"NO. OF POINTS:  {len(row)}  EQUALLY SPACED INTERVALS OF:  {DELTA:.3f}  SEC",
        f"PEAK VALUE: {peak:.5f}   AT    0.81 SEC    DURATION:  2.03 SEC",
        "PRE-EVENT TIME:  20  SEC  RECORDER TIME:  2017-09-20 02:14:45.500 BTM", "CSMNC", "",
        *("".join(fields[i:i + 8]) + " " for i in range(0, len(fields), 8))]
    channel = {"EW": "E", "NS": "N", "UD": "Z"}[name]
    return Sample(encode(lines), (f".{station}..HN{channel}",), values[None] / 100, 1e-12)


def bhrc(station="Ajab Shir", azimuths=(324, 54)):
    """Iran: L, V and T in g/10, the azimuths in the line of the station."""
    data = rows()
    values, lines = [], []
    for row, name in zip(data, "LVT", strict=True):
        texts = [f"{v:.6E}" for v in row / (G / 10)]
        fields = [_leading_point(float(t)).rjust(13) for t in texts]
        values.append([float(f) for f in fields])
        npts = len(row)
        block = {26: npts}
        lines += [
            "* VOL1DS FILE:  5522/01", "Inst Type = SSA-2",
            "Origin Time : 2017/09/19   18:14:40", "", name, "", f"COMP {name}1",
            f"{station:<26}Station   37.485 N 45.891 E   Altitude 1333m   "
            f"Azimuth L {azimuths[0]}   T {azimuths[1]} ",
            "Epicenter 38.520 N 46.860 E   FD 12 Km mb      Ms      Mw6.1   M        ML   (BHRC)",
            "INSTR PERIOD =  .019 SEC   DAMPING =  .640",
            f"NO. OF POINTS = {npts:6d}      DURATION = {npts * DELTA:7.3f}",
            "UNITS ARE SECONDS AND G/10", "",
            *integers({i: block.get(i, 0) for i in range(1, 101)}, 5, 14, 98)[:7],
            "  .193424E-01  .640000E+00  .203000E+01  .000000E+00  .100000E+00  .00",
            "  .100000E+03" + "  .000000E+00" * 4 + "  .00",
            *(["  .000000E+00" * 5 + "  .00"] * 4), "  .000000E+00  .000000E+00",
            *("".join(fields[i:i + 10]) for i in range(0, npts, 10)), "/&"]
    return Sample(encode(lines, "\r\n"), ("I1.AJ2W9..HN1", "I1.AJ2W9..HNZ", "I1.AJ2W9..HN2"),
                  np.array(values) * G / 10, 1e-12, None)


def _leading_point(value):
    """``.193424E-01``: Fortran without a leading zero, six digits."""
    if value == 0:
        return ".000000E+00"
    exponent = int(np.floor(np.log10(abs(value)))) + 1
    digits = round(abs(value) / 10.0 ** exponent * 10 ** 6)
    if digits == 10 ** 6:
        digits, exponent = 10 ** 5, exponent + 1
    return f"{'-' if value < 0 else ''}.{digits:06d}E{exponent:+03d}"


def esd(orientation="NS"):
    """Europe before ESM: touching fields, no start time."""
    row = rows()[("NS", "WE", "UP").index(orientation)]
    fields = [f"{v:14.7E}" for v in row]
    values = np.array([float(f) for f in fields])
    lines = [
        "Event Date & Time             : 2009-04-06 01:32:39",
        "Station Code / Name           : 2987 / L Aquila - V. Aterno, Italy",
        "Network                       : DPC (Italian Civil Protection Authority)",
        f"Orientation                   : {orientation}",
        "Processing Info               : Acausal Butterworth bandpass filtering",
        "Filter Cut-off Frequency (Hz) : 0.100 - 50.000",
        f"Time Increment (s)            : {DELTA:.3f}",
        f"Number of Data                : {len(row)}",
        f"PGA (m/s/s)                   : {np.abs(values).max():.7E}",
        "Accelaration time series in m/s/s",
        *("".join(fields[i:i + 5]) for i in range(0, len(fields), 5))]
    channel = {"NS": "N", "WE": "E", "UP": "Z"}[orientation]
    return Sample(encode(lines), (f"IT.2987..HN{channel}",), values[None], 1e-12, None)


def _usc_words(npts, name):
    words = [
        "FILE     0 OF UNCORRECTED ACCELEROGRAM DATA OF VOLUME I:", "NORTHRIDGE EARTHQUAKE",
        "JAN 17, 1994 -1230 GMT", "IBB101  94.160.0 N",
        "STATION USC# 0016   34 05 22N, 118 26 05N", "700 N, FARING RD., LOS ANGELES, CA",
        f"COMP {name}", "NORTHRIDGE EARTHQUAKE   JAN 17, 1994 -1230 GMT",
        "EPICENTER -   34 12 48N, 118 32 13W",
        "INSTR PERIOD =  .038 SEC  DAMPING =   .558  SENSITIVITY =   1.75CM/G",
        f"NO. OF POINTS = {npts:6d}      DURATION =  2.020 SEC", "UNITS ARE SEC AND G/10",
        "RMS ACCLN. OF COMPLETE RECORD =     .400 G/10"]
    return [words[0], *(f"{w:<72}{len(w):2d}" for w in words[1:])]


def usc(volume="V2", name="N90E"):
    """University of Southern California: pairs in g/10, or corrected acceleration in cm/s^2."""
    row = rows()[0]
    npts = len(row)
    block = {9: 16, 27: {"N90E": 90, "UP": 500, "N00E": 0}[name], 28: npts,
             53: npts if volume == "V2" else 0}
    floats = {3: (npts - 1) * DELTA, 7: 34.213, 8: 118.537, 9: 34.089, 10: 118.435, 11: 16.749,
              12: 6.7, 14: 18.4}
    ints = integers({i: block.get(i, 0) for i in range(1, 101)}, 5, 16, 100)
    if volume == "V1":
        values = np.round(row / (G / 10), 3)
        pairs = np.column_stack([np.arange(npts) * DELTA, values]).ravel()
        lines = [*_usc_words(npts, name), *ints, *reals(floats, "10.3f", 8, 50, missing=0.0),
                 *fixed(pairs, 7, 3, 10)]
        values = values * G / 10
    else:
        values = np.round(100 * row, 3)
        peak = values[np.abs(values).argmax()]
        lines = [f"CORRECTED ACCELEROGRAM   IIBB101  94.160.0  COMP {name}",
                 *_usc_words(npts, name),
                 "ACCELEROGRAM IS BAND-PASS FILTERED BETWEEN  .050- .070 AND 25.00-27.00 CYC/SEC",
                 "AT EQUALLY-SPACED INTERVALS OF .01 SEC",
                 f"PEAK ACCELERATION = {peak:9.3f} CM/SEC/SEC AT  .810 SEC", *[""] * 8, *ints,
                 *reals(floats, "10.3f", 8, 100, missing=0.0),
                 f"{npts} POINTS OF ACCELERATION DATA, EQUALLY SPACED AT .010 SEC. (CM/SEC/SEC)",
                 *fixed(values, 10, 3, 8),
                 f"{npts} POINTS OF VELOCITY DATA, EQUALLY SPACED AT .010 SEC. (CM/SEC)",
                 *fixed(np.zeros(npts), 10, 3, 8)]
        values = values / 100
    letter = {"N90E": "E", "UP": "Z", "N00E": "N"}[name]
    return Sample(encode(lines, "\r\n"), (f"LA.0016..HN{letter}",), values[None], 1e-9, None)


def renadic(station="VIÑA DEL MAR CENTRO", trigger="1/1/1980 0:00:00.000 GMT"):
    """Chile: the layout of CSMIP V1, with zeros for what is not known."""
    data = np.round(rows() / (G / 10), 3)
    lines = []
    for number, (row, name) in enumerate(zip(data, "LVT", strict=True), 1):
        npts, peak = len(row), np.abs(row).max() / 10
        block = {28: npts}
        lines += [
            "UNCORRECTED ACCELEROGRAM DATA              PROCESSED: 06/30/2011", "0911131",
            "01/01/1980 0:00:00 (GMT)                (ORIGIN: 01/01/1980 0:00:00 GMT)",
            f"{'TRIGGER TIME: ' + trigger:>60}",
            "STATION NO.          0.000N    0.000E  SMA-1     S/N  456 (3  CHNS OF 3  AT STA)",
            f"{station} S/N 4561", f"CHAN  {number}: {name}        (STA CHN:  {number})",
            "UNIVERSIDAD DE CHILE - RENADIC",
            "HYPOCENTER:   0.000N    0.000E  H=   0.0KM   ML= 0.00",
            "INSTR PERIOD = 0.0400 SEC,  DAMPING =0.6000,  SENSITIVITY =1.000 VDC/G",
            f"NO. OF POINTS = {npts:6d}  RECORD LENGTH = 2.020 SEC",
            f"UNITS OF UNCOR ACCEL ARE SEC AND G/10.     MAX  = {peak:6.3f} G, AT    .810 SEC",
            "RMS ACCEL OF COMPLETE RECORD = 0.021 G",
            *integers({i: block.get(i, 0) for i in range(1, 101)}, 5, 16, 100),
            *reals({7: peak}, "10.5f", 8, 50, missing=0.0),
            *fixed(np.column_stack([np.arange(npts) * DELTA, row]).ravel(), 7, 3, 10),
            f"/&  ----------  END OF DATA FOR CHANNEL {number}  ----------"]
    return Sample(encode(lines, "\r\n"), ("C.VI0C4..HN1", "C.VI0C4..HNZ", "C.VI0C4..HN2"),
                  data * G / 10, 1e-9, None)


def knet(direction="N-S", station="AKT013", scale="2000(gal)/8388608"):
    """NIED, Japan: counts; read by ObsPy."""
    row = rows()[0]
    counts = np.round(row / (20.0 / 8388608)).astype(int)
    lines = [
        "Origin Time       2017/09/20 03:14:40", "Lat.              38.920",
        "Long.             140.630", "Depth. (km)       7", "Mag.              5.9",
        f"Station Code      {station}", "Station Lat.      39.6069", "Station Long.     140.3213",
        "Station Height(m) 34", "Record Time       2017/09/20 03:15:00", "Sampling Freq(Hz) 100Hz",
        "Duration Time(s)  2", f"Dir.              {direction}", f"Scale Factor      {scale}",
        "Max. Acc. (gal)   4.383", "Last Correction   2017/09/20 03:00:00", "Memo.",
        *("".join(f"{v:8d} " for v in counts[i:i + 8]) for i in range(0, len(counts), 8))]
    return Sample(encode(lines), (), counts[None] * 20.0 / 8388608, 1e-12, None)
