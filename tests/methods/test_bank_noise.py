"""Noise of a bank, and floors of stations without records."""

import numpy as np

from obspy_tng.groundmotion.noise_floor import NO_NOISE
from obspy_tng.methods.bank_noise import bank_noise
from obspy_tng.records.enrolled import Enrolled
from obspy_tng.records.info import RECORD_FIELDS
from obspy_tng.signal.evolutionary import band_levels, filter_bank

FILTERS = filter_bank(2000, 50.0, freqmin=0.25)


def enrolled(name, amplitudes, waveforms=True):
    """Stationary noise of some amplitudes."""
    rng = np.random.default_rng(len(name))
    data = rng.standard_normal((len(amplitudes), 3, 2000)) * np.reshape(amplitudes, (-1, 1, 1))
    arrays = {"levels": band_levels(FILTERS, data)} | ({"data": data} if waveforms else {})
    return Enrolled(arrays, [{**dict.fromkeys(RECORD_FIELDS), "record_id": f"{name}.{i}"}
                             for i in range(len(amplitudes))])


def test_records_that_are_noise_set_the_floor_at_their_levels():
    bank = {"XX.A": enrolled("XX.A", [1.0] * 8), "XX.B": enrolled("XX.B", [10.0] * 8)}
    found = bank_noise(bank, FILTERS)
    for station in bank:
        error = found.floors.floors[station] - np.median(bank[station].arrays["levels"], axis=0)
        assert np.abs(error[:, -8:]).max() < 0.3   # lower ones have few degrees of freedom
    assert (found.levels <= np.concatenate([e.arrays["levels"] for e in bank.values()])).all()


def test_a_loud_record_does_not_hide_the_motion_of_others():
    """Its quietest part is its coda, and its own noise no more than that of its station."""
    bank = {"XX.A": enrolled("XX.A", [1.0] * 11 + [100.0])}
    found = bank_noise(bank, FILTERS)
    excess = bank["XX.A"].arrays["levels"] - found.hidden
    assert excess[-1, :, 8:].min() > 4
    assert np.median(excess[:-1, :, 8:]) < 2


def test_stations_without_records_have_the_median_floor_and_unknown_noise_is_none():
    bank = {"XX.A": enrolled("XX.A", [1.0] * 3), "XX.B": enrolled("XX.B", [5.0] * 3),
            "XX.C": enrolled("XX.C", [2.0] * 3)}
    floors = bank_noise(bank, FILTERS, ["XX.NEW"]).floors.floors
    np.testing.assert_allclose(floors["XX.NEW"], np.median(
        [floors[s] for s in bank], axis=0))
    bare = bank_noise({"XX.A": enrolled("XX.A", [1.0] * 3, waveforms=False)}, FILTERS)
    assert (bare.levels == NO_NOISE).all()
