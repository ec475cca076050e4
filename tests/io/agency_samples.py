"""
Small files of every format, written here from the formats' descriptions.

``sample(fmt)`` gives the bytes of a file and what must be read from it. The
samples come from one set of rows, in m/s^2, rounded to what the format keeps.
"""

import io

import numpy as np
import scipy.io

from .later_samples import bhrc, csmnc, cwa, esd, renadic, usc
from .sample_parts import DELTA, ORIGIN, START, G, Sample, encode, fixed, integers, reals, rows

__all__ = ["DELTA", "ORIGIN", "SAMPLES", "START", "VARIANTS", "G", "afadmat", "asa", "at2",
           "cosmos", "csmip", "dyna", "geonet", "nsmn", "renadic", "rows", "smc", "usc"]


def dyna(data=None, stream="HNE", **keys):
    data = rows()[1] if data is None else data
    values = {
        "EVENT_NAME": "PUEBLA", "EVENT_ID": "EMSC-20170919_0000091",
        "EVENT_DATE_YYYYMMDD": "20170919", "EVENT_TIME_HHMMSS": "181440",
        "EVENT_LATITUDE_DEGREE": "18.3353", "EVENT_LONGITUDE_DEGREE": "-98.6763",
        "EVENT_DEPTH_KM": "38.5", "HYPOCENTER_REFERENCE": "EMSC", "MAGNITUDE_W": "7.1",
        "MAGNITUDE_W_REFERENCE": "EMSC", "MAGNITUDE_L": "", "NETWORK": "XX",
        "STATION_CODE": "TST1", "STATION_NAME": "Se\xf1al", "STATION_LATITUDE_DEGREE": "19.4356",
        "STATION_LONGITUDE_DEGREE": "-99.1453", "STATION_ELEVATION_M": "2232", "LOCATION": "",
        "VS30_M/S": "75", "EPICENTRAL_DISTANCE_KM": "131.7",
        "DATE_TIME_FIRST_SAMPLE_YYYYMMDD_HHMMSS": "20170919_181445.500",
        "SAMPLING_INTERVAL_S": f"{DELTA:.6f}", "NDATA": str(len(data)), "STREAM": stream,
        "UNITS": "cm/s^2", "PGA_CM/S^2": f"{100 * data[np.abs(data).argmax()]:.6f}",
        "LOW_CUT_FREQUENCY_HZ": "0.050", "HIGH_CUT_FREQUENCY_HZ": "30.000",
        "HEADER_FORMAT": "DYNA 1.2", "DATA_TYPE": "ACCELERATION", "USER1": "a: b", **keys}
    lines = [f"{key}: {value}" for key, value in values.items()]
    raw = encode([*lines, *(f"{100 * v:.6f}" for v in data)])
    return Sample(raw, (f"XX.TST1..{stream}",), data[None], 0.51e-8)


def asa(orientation=("S00E", "+V", "N90W"), heads=("N00E", "+V", "N90W"), npts=(203, 203, 203),
        newline="\r\n", time="18:14:45,5", date="19/SEP/17"):
    data = rows()
    gal = np.round(100 * data, 4)

    def each(values):
        return "/" + "/".join(str(v) for v in values)
    dash = "---------+" * 8
    lines = [
        "*" * 80, "  CENTRO DE INSTRUMENTACION Y REGISTRO SISMICO  A.C.", "", "", "", "*" * 80,
        "ARCHIVO ESTANDAR DE ACELERACION:", "VERSION DEL FORMATO                    : 2.0",
        "NOMBRE DEL ARCHIVO                     : TST120170919181440",
        "FECHA Y HORA DE CREACION               : 09/FEB/18, 11:13", "", "=" * 80,
        "DATOS DE LA ESTACION:", "NOMBRE DE LA ESTACION                  : Escuela N\xfa\xf1ez",
        "CLAVE DE LA ESTACION                   : TST1",
        "LOCALIZACION DE LA ESTACION            : Calle: s/n",
        "                                       : Centro",
        "COORDENADAS DE LA ESTACION             : 19.4356 LAT. N",
        "                                       : 99.1453 LONG. W",
        "ALTITUD (msnm)                         : 2232",
        "INSTITUCION RESPONSABLE                : CIRES, A. C.", "", "=" * 80,
        "DATOS DEL ACELEROGRAFO:", "MODELO DEL ACELEROGRAFO                : RAD",
        "NUMERO DE CANALES                      : 3",
        f"ORIENTACION C1-C6 (rumbo;orientacion)  : {each(orientation)}",
        "ORIENTACION C7-C12 (rumbo;orientacion) :",
        "VEL. DE MUESTREO, C1-C6 (muestras/s)   : /100/100/100",
        "INTERVALO DE MUESTREO, C1-C6, (s)      : /0.01/0.01/0.01", "=" * 80,
        "DATOS DEL SISMO:", f"FECHA DEL SISMO (GMT)                  : {date}",
        "HORA EPICENTRO (GMT)                   : 18:14:40.0",
        "MAGNITUD(ES)                           : /Mb=6.4/Ms=7,1",
        "COORDENADAS DEL EPICENTRO              : 18.3353 LAT. N",
        "                                       : 98.6763 LONG. W",
        "PROFUNDIDAD FOCAL (km)                 : 38.5", "=" * 80, "DATOS DE ESTE REGISTRO:",
        f"HORA DE LA PRIMERA MUESTRA (GMT)       : {time}",
        "DURACION DEL REGISTRO (s), C1-C6       : /2.03/2.03/2.03",
        f"NUM. TOTAL DE MUESTRAS, C1-C6          : {each(npts)}",
        "NUM. TOTAL DE MUESTRAS, C7-C12         :",
        f"ACEL. MAX.(Gal), C1-C6                 : {each(np.abs(gal).max(axis=1))}",
        "ACEL. MAX., C1-C6, EN LA MUESTRA       : /82/82/82",
        "UNIDADES DE LOS DATOS                  : Gal (cm/s/s)",
        "FACTOR DE DECIMACION                   : 1",
        "FORMATO DATOS (FORTRAN,10 campos/dato) : 3F10.4", "=" * 80,
        "CALIDAD DEL ACELEROGRAMA:", "COMPLETO", "=" * 80, "COMENTARIOS:", "", "=" * 80,
        "DATOS DE ACELERACION:", dash, "   CANAL-1   CANAL-2   CANAL-3",
        "".join(head.rjust(10) for head in heads), dash]
    table = [["" if k >= npts[i] else f"{gal[i, k]:.4f}" for i in range(3)]
             for k in range(max(npts))]
    lines += ["".join(field.rjust(10) for field in row).rstrip() for row in table]
    signs = np.array([[-1.0 if o in ("S00E", "N90W", "-V") else 1.0] for o in orientation])
    return Sample(encode(lines, newline), ("XR.TST1..HNN", "XR.TST1..HNZ", "XR.TST1..HNE"),
                  signs * gal / 100, 1e-12)


def nsmn(comma=False):
    data = rows()
    gal = np.round(100 * data, 6)
    peak = np.abs(gal).max(axis=1)
    lines = [
        "STRONG GROUND MOTION RECORDS OF TURKIYE",
        "PLACE                   : AYDIN GERMENC\u0130K", "EARTHQUAKE DATE         : "
        "2017/09/19 18:14:40 (GMT)", "EPICENTER COORDINATES   : 36.91980N-27.44350E",
        "EARTHQUAKE DEPTH (km)   : 19.44", "EARTHQUAKE MAGNITUDE    : 6.5 Mw",
        "STATION ID              : 0921", "STATION COORDINATES     : 37.87470N-27.59223E",
        "STATION ALTITUDE (m)    : 66", "RECORDER TYPE           : Sara",
        "RECORDER SERIAL NO      :",
        "RECORD TIME             : 19/09/2017 18:14:45.500000 (GMT)",
        f"NUMBER OF DATA          : {data.shape[1]}", "SAMPLING INTERVAL (sec) : 0.01",
        f"RAW PGA VALUES (gal)    : (N-S) {peak[0]} (E-W) {peak[1]} (U-D) {peak[2]}",
        "Copyright EARTHQUAKE DEPARTMENT", "DISASTER MANAGEMENT",
        "       N-S          E-W          U-D",
        *("".join(f"{v:.6f}".rjust(13) for v in row) for row in gal.T)]
    raw = encode(lines, "\r\n", "iso8859-9")
    if comma:
        head, names, block = raw.partition(b"U-D\r\n")
        raw = head + names + block.replace(b".", b",")
    return Sample(raw, ("TK.0921..HNN", "TK.0921..HNE", "TK.0921..HNZ"), gal / 100, 1e-12)


def afadmat(compress=True):
    data = rows()
    record = {
        "place": "ERZINCAN", "epicenter": [40.06, 38.35], "depth": np.uint16(17000),
        "magnitudeval": 4.4, "magnitudetype": " ML", "statID": np.uint16(921),
        "statco": [39.9, 38.77], "alt": np.uint16(1579), "recordtype": "Guralp",
        "numofData": np.uint16(data.shape[1]), "Accel": 100 * data.T, "sampling": DELTA,
        "pga": np.abs(100 * data).max(axis=1)[None], "F0": "4,6", "Vs30": np.uint16(567),
        "Ptime": 0.5, "Stime": 1.0}
    file = io.BytesIO()
    scipy.io.savemat(file, {"EQ": {"anEQ": record}}, do_compression=compress)
    return Sample(file.getvalue(), ("TK.0921..HNN", "TK.0921..HNE", "TK.0921..HNZ"), data, 1e-12,
                  None)


def cosmos(azimuths=(360, 400, 90), scnl=True):
    data = rows()
    values = np.round(100 * data, 5)
    lines = []
    for number, (row, azimuth) in enumerate(zip(values, azimuths, strict=True)):
        text = [
            "Corrected acceleration    (Format v01.20 with 13 text lines) Src: x.txt",
            "Somewhere                               Sep 19, 2017 18:14 UTC",
            "Hypocenter: 18.3353   -98.6763  H= 38km", "Origin: 09/19/2017, 18:14:40.0 UTC",
            "Statn No: 05-23075  Code:XX-TST1   CDMG Test Station", "Coords: 19.4356 -99.1453",
            "Recorder: x", "Rcrd start time:09/19/2017, 18:14:45.500 UTC",
            f"Sta Chan  {number + 1}: {azimuth} deg (Rcrdr Chan  {number + 1}) Location:",
            "Raw record length =", "Processed:", "Record filtered below 0.05 Hz",
            "Values used when parameter or data value is unknown/unspecified:   -999, -999.0"]
        ints = {1: 2, 2: 1, 3: 4, 40: 2017, 41: 262, 42: 9, 43: 19, 44: 18, 45: 14, 54: azimuth}
        peak = row[np.abs(row).argmax()]
        floats = {1: 19.4356, 2: -99.1453, 3: 2232.0, 4: 75.0, 10: 18.3353, 11: -98.6763,
                  12: 38.5, 13: 7.1, 17: 131.7, 30: 45.5, 34: 0.005, 54: 0.05, 57: 30.0,
                  62: 10.0, 63: 2.03, 64: peak, 65: 0.81}
        comments = ["| a comment", "|<SCNL>TST1.HN" + "NZE"[number] + ".XX.--    <AUTH> now"]
        comments = comments[:2 if scnl else 1]
        lines += [*text, " 100 Integer-header values follow on  10 lines, Format= (10I8)",
                  *integers(ints, 8, 10, 100),
                  " 100 Real-header values follow on  17 lines, Format= (6F13.6)",
                  *reals(floats, "13.6f", 6, 100),
                  f"  {len(comments)} Comment line(s) follow, each starting with a \"|\":",
                  *comments, f"   {len(row)}  acceleration pts, approx   2 secs, "
                  "units=cm/sec2(04),Format=(8F10.5)", *fixed(row, 10, 5, 8),
                  f"/&  ----------  End of data for channel  {number + 1}  ----------"]
    return Sample(encode(lines), ("XX.TST1..HNN", "XX.TST1..HNZ", "XX.TST1..HNE"), values / 100,
                  1e-12)


def _csmip_words(volume, number, name):
    words = [
        "Uncorrected Accelerogram Data             Processed: 08/24/14, CGS  667bv052",
        "Puebla earthquake",
        "September 19, 2017 11:14 PDT  (Origin(SSN): 09/19/17, 18:14:40.0 UTC)",
        "23583-E0245-92183.06               Trigger time:  9/19/17, 11:14:45.5 PDT",
        "Station No. 23583   19.436N, 99.145W     Etna    s/n 2866  (3 Chns of  3 at Sta)",
        "Test - 4th & Palm                         CGS   Data: Acceleration",
        f"Chan  {number}: {name}", "Puebla",
        "Hypocenter(SSN): 18.335N,98.676W, H=38km.    ML=6.9, MW=7.1(CIT)",
        "Instr Period =  .0102 sec",
        "No. of Points =    203  Record Length =  2.030 sec   at 100 samples/sec",
        "Units of uncor data are sec and g.         Max  =  -1.007 g, at     .810 sec.",
        "RMS"]
    if volume == "V1":
        return words
    return [f"Corrected accelerogram   23583-E0245-92183.06       Chan  {number}:  {name}   from",
            *words, "Accelerogram bandpass filtered with 3 dB pts at   .05 and 30.00 cyc/sec",
            *[""] * 10]


def csmip(volume="V2", pairs=False):
    data = rows()
    values = np.round(100 * data, 6) if volume == "V2" else np.round(data / G, 6)
    lines = []
    for number, (row, name) in enumerate(zip(values, (" 360 Deg", " UP", "  90 Deg"),
                                             strict=True)):
        npts, peak = len(row), row[np.abs(row).argmax()]
        ints = {27: (360, 500, 90)[number], 28: npts, 53: npts}
        floats = {7: peak if volume == "V1" else -1.0, 61: DELTA, 62: 0.05, 65: 0.81, 66: peak,
                  73: 30.0}
        size = 50 if volume == "V1" else 100
        head = (f" {npts} points of accel data equally spaced at  .010 sec, in cm/sec2. (8f11.6)"
                if volume == "V2" else f"{npts:6d} Accelerogram points at 100 pts/sec in units "
                "of g.       Format: (8f9.6)")
        block = fixed(row, 11 if volume == "V2" else 9, 6, 8)
        if pairs:
            head, block = None, fixed(np.column_stack([np.arange(npts) * DELTA, row]).ravel(),
                                      7, 3, 10)
        lines += [*_csmip_words(volume, number + 1, name), *integers(ints, 5, 16, 100),
                  *reals(floats, "10.5f", 8, size), *([head] if head else []), *block]
        if volume == "V2":
            lines += [f" {npts} points of veloc data equally spaced at  .010 sec, in cm/sec. "
                      "(8f10.6)", *fixed(np.zeros(npts), 10, 6, 8)]
        lines.append(f"/&  ----------  End of data for channel  {number + 1}  ----------")
    scale = 0.01 if volume == "V2" else G
    values = np.round(values, 3) if pairs else values
    return Sample(encode(lines, "\r\n"), ("CE.23583..HNN", "CE.23583..HNZ", "CE.23583..HNE"),
                  values * scale, 1e-9)


def geonet(volume="V1A", components=("N10E", "S80E", "Up")):
    data = rows()
    values = np.round(1000 * data, 1)
    lines = []
    start = START if volume == "V1A" else START + 0.5
    codes = {"N10E": 10, "S80E": 100, "Up": 999}
    for row, name in zip(values, components, strict=True):
        npts, peak = len(row), row[np.abs(row).argmax()]
        title = "Uncorrected" if volume == "V1A" else "Corrected"
        ints = {1: 2017, 2: 9, 3: 19, 4: 18, 5: 14, 6: 400, 9: 2017, 10: 9, 11: 42, 12: 41, 13: 33,
                14: 173, 15: 1, 16: 19, 17: 15, 18: 0, 19: 19, 20: 18, 21: 42, 22: 31, 23: 24,
                24: 172, 25: 49, 26: 50, 27: 10, 28: codes.get(name, 0), 29: 140, 30: 25,
                31: npts, 34: npts, 35: npts if volume == "V2A" else 0, 39: 14,
                40: round(1000 * (start.second + start.microsecond / 1e6))}
        floats = {25: 0.005, 26: DELTA, 22: 0.0 if volume == "V1A" else 0.5, 53: 0.25, 56: 24.5}
        lines += [
            f"{title} accelerogram 20170919_181440_TSTS_20 GNS Science",
            "Site TSTS      42 31 24S  172 49 50E     Basalt file:  x", "Test Centre",
            "Instrument Basalt_2430", "Resolution: 24-bit", "Accelerogram x", "5 km of Waiau",
            "2017 September 19         18:14:40 UT",
            "Epicentre  42 41 33S 173 01 19E  Bearing S40E  Dist   25km  Depth   15km Mw 7.82",
            f"Number of points  {npts}", "Raw readings in units of 1.00 mm/s/s  at intervals of "
            "0.010 s", "Data is unfiltered", f"Component {name}",
            f"Acceleration:  Peak   {peak} mm/s/s at   0.81 s", "Velocity", "Displacement",
            *integers({i: ints.get(i, 0) for i in range(1, 41)}, 8, 10, 40),
            *reals(floats, "8.3f", 10, 60, missing=0.0), *fixed(row, 8, 1, 10)]
        if volume == "V2A":
            lines += fixed(np.ones(npts), 8, 2, 10)
    return Sample(encode(lines), ("NZ.TSTS..HN1", "NZ.TSTS..HN2", "NZ.TSTS..HNZ"), values / 1000,
                  1e-9)


def smc(azimuth=90, upward=90, pairs=False, kind="2 CORRECTED ACCELEROGRAM", newline="\r\n"):
    data = rows()[:1]
    unit = {"2": 0.01, "1": 0.01, "3": 0.01, "4": 0.01}[kind[0]]
    values = [f"{v:10.4e}" for v in data[0] / unit]
    if pairs:
        values = [t for k, v in enumerate(values) for t in (f"{k * DELTA:10.4e}", v)]
    # one-digit exponents: 8(1PE10.4E1)
    fields = [v.replace("e+0", "E+").replace("e-0", "E-").rjust(10) for v in values]
    floats = [float(f) for f in fields]
    component = {0: "up", 180: "down"}.get(upward, azimuth)
    text = [
        kind, "*", "TST0B", "     2017  09  19    1814 Puebla, Mexico", "Moment Mag=      7.1",
 f"station = Test, 1295 Shafter      component={component:>5}", "epicentral dist =     89.0",
        "inst type=SMA-1      data source = USGS", "*", "*", "*"]
    unknown = -32768
    ints = {1: unknown, 2: 2017, 3: 262, 4: 18, 5: 14, 6: 45, 7: 500, 8: 111, 9: 2, 10: 3,
            13: upward, 14: azimuth, 15: 101, 16: 2, 17: len(fields), 30: 1675}
    missing = 1.7e38
    acc = data[0] / unit
    r = {1: missing, 2: missing if pairs else 1 / DELTA, 3: 18.3353, 4: -98.6763, 5: 38.5,
         6: 7.1, 11: 37.728, 12: -122.385, 17: 89.0, 20: 50.0, 30: max(acc), 32: min(acc), 33: 0.1}
    lines = [*text, *integers({i: ints.get(i, unknown) for i in range(1, 49)}, 10, 8, 48),
             *reals(r, "15.7E", 5, 50, missing=missing), "| comment", "| another",
             *("".join(fields[i:i + 8]) for i in range(0, len(fields), 8))]
    read = np.array(floats[1::2] if pairs else floats)[None] * unit
    return Sample(encode(lines, newline), ("NP.1675..HNE",), read, 1e-9)


def at2(old=False, name="90", unit="G", quantity="ACCELERATION"):
    data = rows()[:1]
    values = [f"{v:15.7E}" for v in data[0] / G]
    count = (f" {len(values)}    {DELTA:.4f}    NPTS, DT" if old else
             f"NPTS=  {len(values)}, DT=   {DELTA:.5f} SEC,")
    lines = ["PEER NGA STRONG MOTION DATABASE RECORD",
             f"Northridge-01, 1/17/1994, Alhambra - Fremont School, {name}",
             f"{quantity} TIME SERIES IN UNITS OF {unit}", count,
             *("".join(values[i:i + 5]) for i in range(0, len(values), 5))]
    return Sample(encode(lines), (".ALQXO..HNE",),
                  np.array([[float(v) for v in values]]) * G, 1e-9, None)


SAMPLES = {
    "DYNA": dyna, "ASA": asa, "NSMN": nsmn, "AFADMAT": afadmat, "COSMOS": cosmos, "CSMIP": csmip,
    "GEONET": geonet, "SMC": smc, "AT2": at2, "CWA": cwa, "CSMNC": csmnc, "BHRC": bhrc,
    "ESD": esd, "USC": usc}
VARIANTS = {
    "CSMIP V1": ("CSMIP", lambda: csmip("V1")),
    "GEONET V2A": ("GEONET", lambda: geonet("V2A")),
    "AT2 old": ("AT2", lambda: at2(old=True)),
    "AFADMAT plain": ("AFADMAT", lambda: afadmat(compress=False)),
    "ASA LF": ("ASA", lambda: asa(newline="\n")),
    "NSMN comma": ("NSMN", lambda: nsmn(comma=True)),
    "COSMOS no SCNL": ("COSMOS", lambda: cosmos(scnl=False)),
    "SMC LF": ("SMC", lambda: smc(newline="\n")),
    "CWA Chi-Chi": ("CWA", lambda: cwa(zone="", columns="ENU")),
    "CSMNC UD": ("CSMNC", lambda: csmnc("UD")),
    "ESD V": ("ESD", lambda: esd("UP")),
    "USC V1": ("USC", lambda: usc("V1")),
    "RENADIC": ("CSMIP", renadic),
    **{name: (name, make) for name, make in SAMPLES.items()}}
