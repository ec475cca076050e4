"""Fields in the names of files."""

from datetime import date

import pytest
from obspy import UTCDateTime

from obspy_tng.archive.templates import (
    FIELDS,
    TEMPLATES,
    days_between,
    matches_code,
    template_pattern,
    wildcards,
)
from obspy_tng.exceptions import TNGInputError


def test_patterns_of_codes():
    assert matches_code("HNZ", "BH?, HN[ZNE]")
    assert not matches_code("HNZ", "hn?")


@pytest.mark.parametrize(("template", "path", "fields"), [
    ("sds", "2020/XX/S1/HNZ.D/XX.S1.00.HNZ.D.2020.125",
     {"network": "XX", "station": "S1", "location": "00", "channel": "HNZ", "year": "2020",
      "doy": "125"}),
    ("bud", "XX/S1/S1.XX..HNZ.2020.125", {"network": "XX", "station": "S1", "location": "",
                                          "channel": "HNZ", "year": "2020", "doy": "125"}),
    ("{year}-{month}-{day}/**/{station}.?", "2020-05-04/a/b/S1.z",
     {"year": "2020", "month": "05", "day": "04", "station": "S1"})])
def test_fields_of_a_path(template, path, fields):
    found = template_pattern(TEMPLATES.get(template, template)).fullmatch(path)
    assert found.groupdict() == fields


def test_paths_that_contradict_themselves():
    """A field that comes twice has one value."""
    pattern = template_pattern(TEMPLATES["sds"])
    assert not pattern.fullmatch("2020/XX/S1/HNZ.D/XX.S2.00.HNZ.D.2020.125")


def test_fields_that_do_not_exist():
    with pytest.raises(TNGInputError, match=r"unknown fields \['net', 'sta'\]; allowed: .*doy"):
        template_pattern("{net}/{sta}/{year}")
    assert template_pattern("/".join(f"{{{name}}}" for name in FIELDS)).groups == len(FIELDS)


def test_wildcards():
    assert wildcards(TEMPLATES["bud"], {"station": "S1", "channel": "HN?"}) == \
        "*/S1/S1.*.*.HN?.*.*"
    assert wildcards("*.mseed") == "*.mseed"


def test_days():
    day = UTCDateTime(2019, 12, 31, 23, 59)
    assert days_between(day, day + 120) == [date(2019, 12, 31), date(2020, 1, 1)]
    assert days_between(day, day) == [date(2019, 12, 31)]
