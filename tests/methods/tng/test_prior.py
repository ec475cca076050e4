"""The weights in the package, and the prior of band levels with them."""

import pytest

from obspy_tng import TNGGenerator, hvsr, simulate_network
from obspy_tng.methods.tng.prior import pretrained_folder
from obspy_tng.records.record import group_by_station


@pytest.mark.parametrize(("rate", "window"), [(100.0, 30.0), (100.0, 120.0), (200.0, 80.0)])
def test_shipped_weights_take_any_length(rate, window):
    net = simulate_network(2, 8, seed=3, sampling_rate=rate, window=window, f0=[1.0, 4.0],
                           magnitude=(4.5, 6.5), distance=(20.0, 100.0))
    gen = TNGGenerator.from_pretrained(sampling_rate=rate, window=window, device="cpu")
    gen.enroll(net.records)
    for station, records in group_by_station(net.records).items():
        streams = gen.generate(station, 12, seed=0)
        assert streams[0][0].stats.npts == round(rate * window)
        assert hvsr(streams).peak.f0 == pytest.approx(hvsr(records).peak.f0, rel=0.25)


def test_shipped_weights_are_small_and_described():
    folder = pretrained_folder()
    assert sum(p.stat().st_size for p in folder.iterdir()) < 20e6
    assert "simulated" in (folder / "README.md").read_text("utf-8")
