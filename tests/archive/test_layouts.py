"""Folders of waveform files whose layout nobody has told."""

import pytest

from obspy_tng import collect_records
from obspy_tng.archive.layouts import open_archive
from obspy_tng.exceptions import TNGInputError
from obspy_tng.scripts.commands import _clock_offsets, _options, _read

from ..records.made_up import START, inventory, recording, shaking


@pytest.mark.parametrize("name", ["{i}.mseed", "rec_{i}.msd", "{i}", "day/{i}.ms", "a/b/{i}.mseed"])
def test_files_of_any_names(tmp_path, name):
    for i, tr in enumerate(recording(shaking(), dtype="int32")):
        path = tmp_path / name.format(i=i)
        path.parent.mkdir(parents=True, exist_ok=True)
        tr.write(str(path), format="MSEED")
    (tmp_path / "stations.xml").write_text("<xml/>")
    client = open_archive(tmp_path)
    found = client.get_waveforms("XX", "S1", "*", "HN?", START, START + 60)
    assert sorted(tr.stats.channel for tr in found) == ["HNE", "HNN", "HNZ"]


def test_files_of_several_endings_and_unreadable_ones(tmp_path):
    for name, seed in (("a.mseed", 0), ("b.ms", 1)):
        recording(shaking(seed=seed) * 1e4, start=START + 86400 * seed, dtype="int32").write(
            str(tmp_path / name), format="MSEED")
    (tmp_path / "empty.mseed").write_bytes(b"")
    (tmp_path / "broken.mseed").write_bytes(b"no such thing" * 100)
    found = collect_records(open_archive(tmp_path), units="gal", max_peak=1e9, window=40,
                            progress=False)
    assert len(list(found)) == 2
    assert sorted(name for name, _ in found.rejected) == ["broken.mseed", "empty.mseed"]
    assert {rejection.code for _, rejection in found.rejected} == {"unusable"}


def test_sds_and_nothing(tmp_path):
    with pytest.raises(TNGInputError, match="has no MSEED files"):
        open_archive(tmp_path)
    folder = tmp_path / "2020/XX/S1/HNZ.D"
    folder.mkdir(parents=True)
    recording(shaking(), dtype="int32")[:1].write(str(folder / "XX.S1..HNZ.D.2020.125"),
                                                  format="MSEED")
    client = open_archive(tmp_path)
    assert "{doy}" in client.template
    assert client.channel_codes() == {"HNZ"}


def test_options_of_the_command_line(tmp_path):
    assert _options(["min_energy=0.5", "at_rest=true", "units=gal"]) == {
        "min_energy": 0.5, "at_rest": True, "units": "gal"}
    assert _clock_offsets(["XX.S1=-21600"]) == {"XX.S1": -21600.0}
    assert _clock_offsets(None) is None
    for bad in (["min_energy"],):
        with pytest.raises(TNGInputError, match="NAME=VALUE"):
            _options(bad)
    with pytest.raises(TNGInputError, match=r"NET\.STA=SECONDS"):
        _clock_offsets(["XX.S1"])


def test_metadata_by_pattern(tmp_path):
    from obspy import read_inventory
    for station in ("S1", "S2"):
        inventory(station=station).write(str(tmp_path / f"{station}.xml"), format="STATIONXML")
    found = _read(read_inventory, str(tmp_path / "*.xml"), None, "stations.xml")
    assert sorted(s.code for network in found for s in network) == ["S1", "S2"]
    with pytest.raises(TNGInputError, match="no file"):
        _read(read_inventory, str(tmp_path / "*.dataless"), None, "stations.xml")
    with pytest.raises(TNGInputError, match=r"is a folder; a pattern"):
        _read(read_inventory, str(tmp_path), None, "stations.xml")
