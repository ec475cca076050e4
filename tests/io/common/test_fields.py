"""Dates, times and places in all the spellings that were met."""

import pytest
from obspy import UTCDateTime

from obspy_tng.io.common.fields import (
    parse_coordinates,
    parse_date,
    parse_magnitude,
    parse_moment,
)


@pytest.mark.parametrize("text", [
    "04 de ABRIL del 2010", "4 de abril de 2010", "ABRIL 04 DEL 2010", "04-abr-2010",
    "Domingo 4 de Abril del 2010", "4 de abril del año 2010", "2010/04/04", "4.4.2010",
    "04/ABRIL/10", "20100404", "04042010", "April 4, 2010"])
def test_dates(text):
    assert parse_date(text) == (2010, 4, 4)


@pytest.mark.parametrize(("text", "time", "precision"), [
    ("7/04/19, 17:35:07.3(*LoQ*)", "2019-07-04T17:35:07.3", 1),
    ("10/11/13, 23:05 GMT (*LoQ*)", "2013-10-11T23:05", 60),
    ("10/11/13, 23:05:   GMT", "2013-10-11T23:05", 60),
    ("Fri Oct 11, 2013 16:05:59.0 PDT", "2013-10-11T23:05:59", 1),
    ("Thu Jul  4, 2019 10:35:07.3 PDT*", "2019-07-04T17:35:07.3", 1),
    ("9/19/17, 11:14:45.5 *PDT", "2017-09-19T18:14:45.5", 1),
    ("15 OCT 1979 - 2317 UTC", "1979-10-15T23:17", 60),
    ("JAN 17, 1994  1230 GMT", "1994-01-17T12:30", 60),
    ("9/19/17, 18:14: 5.0 UTC (GPS)", "2017-09-19T18:14:05", 1),
    ("05/02/83, 16:42:48.2 PDT (Q=2)", "1983-05-02T23:42:48.2", 1),
    ("3/11/11 14:46:18 JST", "2011-03-11T05:46:18", 1)])
def test_moments(text, time, precision):
    found = parse_moment(text, dayfirst=False)
    assert found.time == UTCDateTime(time)
    assert found.precision == precision


@pytest.mark.parametrize("text", ["05/02/83, 16:42 EAT", "05/02/83 16:42:01 CEST",
                                  "05/02/83 16:42 local time", "16:42:48", "05/02/83", ""])
def test_times_that_are_not_known(text):
    assert parse_moment(text, dayfirst=False).time is None


def test_zone_from_outside():
    assert parse_moment("2012-01-3 15:39:44.000 BTM").time == UTCDateTime(2012, 1, 3, 7, 39, 44)
    assert parse_moment("2012-01-3 15:39:44", zone=8).time == UTCDateTime(2012, 1, 3, 7, 39, 44)


def test_degrees_minutes_seconds():
    assert parse_coordinates("42 30 00S  172 45 00E     Basalt") == (-42.5, 172.75)
    assert parse_coordinates("34 12 00N, 118 30 00N") == (34.2, None)  # which sign is not told
    assert parse_coordinates("Site location unknown") == (None, None)


@pytest.mark.parametrize(("text", "time"), [
    ("2008-05-12 14:28:04.0(BJT)", "2008-05-12T06:28:04"),  # a zone in brackets is no remark
    ("2011-03-11 14:46:23 (JST)", "2011-03-11T05:46:23"),
    ("1/17/94 12:31:00 (*LoQ*)", "1994-01-17T12:31:00"),
    ("20100404224042", "2010-04-04T22:40:42"),
    ("99/12/31 10:00:00", "1999-12-31T10:00:00"),  # the year first
    ("1/2/2003 1:05:09 PM", "2003-01-02T13:05:09"),
    ("1/2/2003 12:05:09 a.m.", "2003-01-02T00:05:09"),
    ("1/2/2003 01:05:09 GMT+05:30", "2003-01-01T19:35:09"),
    ("1/2/2003 01:05:09 UTC-3", "2003-01-02T04:05:09")])
def test_zones_and_dates_as_others_write_them(text, time):
    assert parse_moment(text, dayfirst=False).time == UTCDateTime(time)


@pytest.mark.parametrize("text", ["19 25 48 N 99 09 00 W", "19\u00b025'48\"N, 99\u00b009'00\"W"])
def test_coordinates_in_degrees_minutes_and_seconds(text):
    assert parse_coordinates(text) == pytest.approx((19.43, -99.15))


@pytest.mark.parametrize(("text", "size", "kind"), [
    ("6.5 Mw", 6.5, "Mw"), ("  4.0(Ms)", 4.0, "Ms"), ("Ms4.0", 4.0, "Ms"), ("MW=6,5", 6.5, "Mw"),
    ("ML 4", 4.0, "Ml"), ("5.1", 5.1, None), ("Mw", None, None), ("", None, None)])
def test_magnitudes(text, size, kind):
    assert parse_magnitude(text) == (size, kind)


@pytest.mark.parametrize("word", ["LOCAL", "EAT", "CEST"])
def test_a_time_of_somewhere_else_in_brackets_is_not_utc(word):
    assert parse_moment(f"20/07/2017 22:30:58 ({word})").time is None


@pytest.mark.parametrize("text", [
    "19/09/2017 21:14:45.5 (GMT+3)", "19/09/2017 21:14:45.5 (UTC+03:00)",
    "19/09/2017 09:14:45.5 PM UTC+3", "2017/ 9/19  11:14:45.5 AM (PDT)"])
def test_zones_with_offsets_and_halves_of_a_day(text):
    assert parse_moment(text).time == UTCDateTime(2017, 9, 19, 18, 14, 45, 500000)


@pytest.mark.parametrize("text", ["2017/09/19 21:14:40 (Local Time)", "19/09/2017 21:14:45 (TSI)",
                                  "19/09/2017 12:14:45 (HORA LOCAL)"])
def test_local_times_in_brackets_are_not_utc(text):
    assert parse_moment(text).time is None


@pytest.mark.parametrize(("text", "place"), [
    ("19 26 08 LAT. N : 99 08 42 LONG. W", (19.43556, -99.145)),
    ("18 20.1N, 98 40.6W", (18.335, -98.67667)), ("39°56'N 77°20'E", (39.93333, 77.33333)),
    ("STATION NO. 23583   19.436N, 99.145W", (19.436, -99.145)),
    # degrees and minutes of one coordinate only: what stands there is not known
    ("19 26 08 LAT. N : 99.1453 LONG. W", (None, None)), ("24  34.2N, 118.5W", (None, None)),
    ("18 70N, 98 40W", (None, -98.66667))])
def test_places_in_degrees_and_minutes(text, place):
    assert parse_coordinates(text) == pytest.approx(place, abs=1e-5)


@pytest.mark.parametrize(("text", "magnitude"), [
    ("H=38km.    ML=6.9, MW=7.1(CIT)", (7.1, "Mw")), ("18.335N,98.676W, H=38km.  ML=7", (7, "Ml")),
    ("MS:7.1", (7.1, "Ms")), ("4.1 Md 4.3 Ml", (4.3, "Ml")), ("8.0(Ms) 7.9(Mw)", (7.9, "Mw")),
    ("FD 12 Km mb5.9    Ms      Mw      M        ML", (5.9, "Mb")), ("/Mww=7.1", (7.1, "Mww")),
    ("ML:  To be determined.", (None, None)), ("-9.9", (None, None)), ("0.0 Ml", (None, None)),
    ("", (None, None)), ("6", (6, None)), ("7.1 (preliminary)", (7.1, None))])
def test_magnitudes_of_lists(text, magnitude):
    size, kind = parse_magnitude(text)
    assert (size or None, kind) == magnitude
