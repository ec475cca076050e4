"""Waveforms from source records: causal, with the levels asked for, and new."""

import numpy as np
import pytest
from scipy.signal import butter, cheby2, sosfilt, sosfiltfilt, stft

from obspy_tng.signal import evolutionary
from obspy_tng.signal.record_edges import edge_taper
from obspy_tng.signal.source_recipe import Recipe, Source
from obspy_tng.signal.source_waveform import (
    CHUNK,
    HIGHEST_LEVEL,
    SourceWaveforms,
    turned_energies,
)

from ..small_generator import ends_at_rest

RATE, NPTS, P, S = 50.0, 3000, 500, 1100


@pytest.fixture(scope="module")
def filters():
    return evolutionary.filter_bank(NPTS, RATE, freqmin=10 / 60)


@pytest.fixture(scope="module")
def data():
    """Noise, P on the vertical, S on the horizontals, coda; with an anti-alias filter."""
    rng = np.random.default_rng(0)
    t = np.arange(NPTS)
    envelope = np.full((3, NPTS), 1e-3)
    envelope[0] += 0.3 * (t >= P) * np.exp(-(t - P).clip(0) / 300)
    envelope[1:] += (t >= S) * np.exp(-(t - S).clip(0) / 250)
    low = butter(4, 15.0, fs=RATE, output="sos")
    return sosfilt(low, envelope * rng.standard_normal((3, NPTS)))


def measured(filters, data, p_index, padded=0.0):
    """The source that a record is, with its own band levels."""
    return Source(data, evolutionary.band_levels(filters, data), p_index, padded)


def test_levels_are_those_asked_for(filters, data):
    source = measured(filters, data, P)
    wanted = source.levels + 1.5 + 0.5 * np.sin(np.arange(len(filters)) / 8)
    waveforms = SourceWaveforms(filters)
    made = np.array([evolutionary.band_levels(filters, waveforms.make(
        source, wanted, np.random.default_rng(i))) for i in range(8)])
    error = (made - wanted)[..., 3:36]
    # one pass after the record is cut; without it a level scatters by 0.3
    assert error.std() < 0.12
    assert np.abs(error.mean(0)).mean() < 0.05


def test_hvsr_is_that_of_the_levels(filters, data):
    source = measured(filters, data, P)
    peak = np.exp(-0.5 * np.square((np.arange(len(filters)) - 20) / 3))
    wanted = source.levels + np.array([[0.0], [2.0], [2.0]]) * peak
    waveforms = SourceWaveforms(filters)
    made = np.mean([evolutionary.band_levels(filters, waveforms.make(
        source, wanted, np.random.default_rng(i))) for i in range(8)], axis=0)
    ratio = (made[1:].mean(0) - made[0]) - (wanted[1:].mean(0) - wanted[0])
    assert np.sqrt(np.square(ratio[3:36]).mean()) < 0.12


def test_a_far_earthquake_is_as_weak_as_asked_for(filters, data):
    """A change by more than a factor of e^4, which earlier bounds cut off."""
    source = measured(filters, data, P)
    made = SourceWaveforms(filters).make(source, source.levels - 16, np.random.default_rng(0))
    error = evolutionary.band_levels(filters, made) - source.levels + 16
    assert np.abs(error[:, 3:36].mean()) < 0.1


def test_quiet_before_p_and_sudden_at_p(filters, data):
    source = measured(filters, data, P)
    made = SourceWaveforms(filters).make(source, source.levels + np.linspace(-1, 1, len(filters)),
                                         np.random.default_rng(1))
    before, after = (made[0, s].std() for s in (slice(P - 200, P - 2), slice(P, P + 200)))
    had = data[0, P - 200:P - 2].std(), data[0, P:P + 200].std()
    assert before / after < 2 * had[0] / had[1]


def test_velocity_and_displacement_end_at_zero(filters, data):
    """Also of a source record that drifts: its window ends in the motion."""
    waveforms = SourceWaveforms(filters)
    source = measured(filters, data + 0.01 * np.linspace(-1, 1, NPTS), P)
    made = waveforms.make(source, source.levels, np.random.default_rng(0),
                          noise=source.levels - 8.0)
    assert ends_at_rest(made, RATE)


def test_no_silence_at_the_ends(filters, data):
    source = measured(filters, data, P)
    made = SourceWaveforms(filters).make(source, source.levels, np.random.default_rng(2))
    for some in (slice(60, 260), slice(NPTS - 400, NPTS - 200)):
        assert 0.3 < made[:, some].std() / data[:, some].std() < 3
    assert np.abs(made[:, [0, -1]]).max() < 1e-6


def test_padding_becomes_coda(filters, data):
    short = data.copy()
    short[:, 2300:] = 0
    source = measured(filters, short, P, padded=(NPTS - 2300) / RATE)
    made = SourceWaveforms(filters).make(source, source.levels, np.random.default_rng(3))
    late, earlier = (np.abs(made[1:, s]).mean() for s in (slice(2500, 2800), slice(1900, 2200)))
    assert 0.05 < late / earlier < 1.0


def test_new_and_different_every_time(filters, data):
    source = measured(filters, data, P)
    waveforms = SourceWaveforms(filters)
    a, b, again = (waveforms.make(source, source.levels, np.random.default_rng(i))
                   for i in (4, 5, 4))
    np.testing.assert_array_equal(a, again)
    for one, other in ((a, data), (b, data), (a, b)):
        for c in (1, 2):
            x, y = (v[c] - v[c].mean() for v in (one, other))
            lags = np.correlate(x, y, "full") / np.linalg.norm(x) / np.linalg.norm(y)
            assert np.abs(lags).max() < 0.7


def test_s_moves_with_the_stretch(filters, data):
    source = Source(data, evolutionary.band_levels(filters, data), P, 0.0, S - P)
    waveforms = SourceWaveforms(filters)

    def arrival(stretch):
        def first(seed):
            made = waveforms.make(source, source.levels, np.random.default_rng(seed), stretch)
            return np.searchsorted(np.cumsum(made[1] ** 2), 0.05 * (made[1] ** 2).sum())
        return np.mean([first(seed) for seed in range(6)])
    assert arrival(1.3) - arrival(1.0) == pytest.approx(0.3 * (S - P), rel=0.2)


def test_input_stays(filters, data):
    before = data.copy()
    source = measured(filters, data, P)
    SourceWaveforms(filters).make(source, source.levels, np.random.default_rng(0))
    np.testing.assert_array_equal(data, before)


def test_added_noise_has_its_levels_and_is_there_before_p(filters, data):
    source, waveforms = measured(filters, data, P), SourceWaveforms(filters)
    noise = source.levels.mean((0, 1)) + np.zeros_like(source.levels)
    plain, noisy = (waveforms.make(source, source.levels, np.random.default_rng(3), noise=some)
                    for some in (None, noise))
    added = noisy - plain
    found = evolutionary.band_levels(filters, added)
    moved = filters.center_frequencies <= HIGHEST_LEVEL * RATE / 2
    assert np.abs((found - noise)[:, moved][:, 12:].mean()) < 0.2
    assert 0.8 < added[:, 100:P].std() / added[:, P:NPTS - 300].std() < 1.25


def test_a_batch_is_its_singles(filters, data):
    source, waveforms = measured(filters, data, P), SourceWaveforms(filters)
    batch = waveforms.make_all([Recipe(waveforms.prepare(source), source.levels, source.levels - k,
                                       np.random.default_rng(k)) for k in range(CHUNK + 1)])
    for k in (1, CHUNK):
        np.testing.assert_array_equal(batch[k], waveforms.make(
            source, source.levels - k, np.random.default_rng(k)))


def test_turned_before_or_while_it_is_made(filters, data):
    angle, waveforms = 0.4, SourceWaveforms(filters)
    c, s = np.cos(angle), np.sin(angle)
    turned = measured(filters, np.stack([data[0], c * data[1] - s * data[2],
                                         s * data[1] + c * data[2]]), P)
    prepared = waveforms.prepare(measured(filters, data, P))
    found = waveforms.make_all([Recipe(prepared, turned.levels, turned.levels,
                                       np.random.default_rng(0), angle)])[0]
    before = waveforms.make(turned, turned.levels, np.random.default_rng(0))
    # at the Nyquist frequency energies in float32 are rounded
    np.testing.assert_allclose(found, before, rtol=0, atol=2e-4 * np.abs(before).max())
    np.testing.assert_allclose(turned_energies(prepared.energies, angle),
                               waveforms.prepare(turned).energies[:3], rtol=1e-4, atol=1e-6)


def test_a_record_without_p_keeps_its_start(filters, data):
    """A warp that reached before the start of a triggered record would mirror its first motion."""
    ramp = np.repeat(np.arange(NPTS, dtype=float)[None], 3, axis=0)
    makers = SourceWaveforms(filters)
    triggered = makers.prepare(Source(ramp, evolutionary.band_levels(filters, data)))
    for seed in range(5):
        recipe = Recipe(triggered, triggered.source.levels, triggered.source.levels,
                        np.random.default_rng(seed))
        times = makers._warped(recipe)[0, 0]
        np.testing.assert_allclose(times[:20], np.arange(20), atol=12)
        assert np.argmin(times) == 0


def test_the_flank_of_the_anti_alias_filter_stays(filters, data):
    """Also with added noise; a warp alone leaves errors of interpolation up to Nyquist."""
    steep = sosfilt(butter(10, 22.0, fs=RATE, output="sos"), data)
    source = measured(filters, steep, P)
    made = SourceWaveforms(filters).make(source, source.levels, np.random.default_rng(0),
                                         noise=source.levels - 2)

    def flank(record):
        """ln of the power at 0.96 to 0.98 of the Nyquist frequency over that at half of it."""
        power = np.square(np.abs(np.fft.rfft(record)))
        at = np.fft.rfftfreq(NPTS, 1 / RATE) / RATE * 2
        return np.log(power[:, (at > 0.96) & (at < 0.98)].mean(-1)
                      / power[:, (at > 0.45) & (at < 0.55)].mean(-1))
    assert flank(steep).max() < -8
    # float32 and the largest gain that levels the flank end at e^-25
    tapered = np.maximum(flank(steep * edge_taper(NPTS, RATE, P / RATE)), -25)
    np.testing.assert_allclose(flank(made), tapered, atol=1.5)


def test_the_start_of_a_record_without_p_stays(filters, data):
    """
    It may be tapered over longer than half the unknown time before P.

    The correction of drift is as strong as the first samples; differences are without it.
    """
    ramp = np.clip(np.arange(NPTS) / 100, 0, 1)
    late = np.roll(data, -P + 100, axis=-1) * ramp**2
    source = Source(late, evolutionary.band_levels(filters, late))
    made = SourceWaveforms(filters).make(source, source.levels, np.random.default_rng(0))
    for part in (slice(0, 8), slice(8, 30)):
        ratio = np.diff(made[:, part]).std(-1) / np.diff(late[:, part]).std(-1)
        assert np.abs(np.log(ratio)).max() < 1.0


def test_the_flank_stays_as_steady_as_it_was(filters):
    """
    Stationary noise behind an anti-alias filter: its level on the flank varies in time by the
    scatter of a spectrogram only. Warped as it is, the flank would move with the speed of the warp.
    """
    rng = np.random.default_rng(1)
    low = cheby2(8, 60.0, 24.0, fs=RATE, output="sos")
    # mostly slow motion, since a warp varies over a few of its periods
    slow = sosfilt(butter(4, (0.5, 1.0), "band", fs=RATE, output="sos"),
                   rng.standard_normal((3, NPTS)))
    source = measured(filters, sosfilt(low, rng.standard_normal((3, NPTS))) + 20 * slow, None)
    waveforms = SourceWaveforms(filters)

    def scatter(record):
        inner = record[:, NPTS // 10:-NPTS // 10]
        frequencies, _, spectrum = stft(inner, RATE, nperseg=128, boundary=None)
        level = np.log(np.abs(spectrum[:, (frequencies > 20) & (frequencies < 23.5)]))
        return level.std(-1).mean()

    made = np.mean([scatter(waveforms.make(source, source.levels, np.random.default_rng(i)))
                    for i in range(6)])
    assert made < 1.35 * scatter(source.data)


def test_levels_above_the_anti_alias_corner_do_not_change_the_flank(filters, data):
    """What is asked for up there is the scatter of other recorders: it is not listened to."""
    source, waveforms = measured(filters, data, P), SourceWaveforms(filters)
    above = filters.center_frequencies > HIGHEST_LEVEL * RATE / 2
    assert 0 < above.sum() < 5
    plain, other = (waveforms.make(source, source.levels + change * above,
                                   np.random.default_rng(4)) for change in (0.0, 5.0))
    np.testing.assert_array_equal(plain, other)


def test_nothing_rings_before_p(filters):
    """A burst at the frequency where the spectrum is divided, after silence."""
    t = np.arange(NPTS) - P
    burst = (t >= 0) * np.exp(-t.clip(0) / 100) * np.cos(0.7 * np.pi * t) \
        + 1e-4 * np.random.default_rng(0).standard_normal((3, NPTS))
    waveforms, source = SourceWaveforms(filters), measured(filters, burst, P)
    for seed in range(3):
        made = waveforms.make(source, source.levels, np.random.default_rng(seed))
        before = np.abs(made[:, P - 100:P - 5]).max()
        assert before < 0.03 * np.abs(made).max()


def test_a_padded_source_record_lasts_to_the_end(filters, data):
    """Half of it is zeros, and a warp compresses what is left: coda goes on, without a tone."""
    short = data.copy()
    short[:, 1500:] = 0
    waveforms = SourceWaveforms(filters)
    prepared = waveforms.prepare(Source(short, evolutionary.band_levels(filters, data), P, 30.0,
                                        200))
    levels = prepared.source.levels
    made = waveforms.make_all([Recipe(prepared, levels, levels, np.random.default_rng(0),
                                      lengthen=0.6)])[0]
    changes = np.abs(np.diff(made[:, 2600:2900])).min(-1)
    assert (changes > 0).all()
    late = np.square(np.abs(np.fft.rfft(made[0, 2400:2800] * np.hanning(400))))
    assert late[167:174].sum() < 0.3 * late[140:].sum()   # the carrier of the top is at 170


def test_an_end_that_was_cut_does_not_fill_the_flank(filters, data):
    steep = sosfilt(butter(3, 12.0, fs=RATE, output="sos"), np.where(
        np.arange(NPTS) < P, 1e-3, 1.0) * np.random.default_rng(0).standard_normal((3, NPTS)))
    waveforms = SourceWaveforms(filters)

    def flank(record):
        window = np.hanning(1200)
        power = np.square(np.abs(np.fft.rfft(record[:, 600:1800] * window)))
        share = np.linspace(0, 1, power.shape[-1])
        return np.log(power[:, (share > 0.93) & (share < 0.99)].mean(-1)
                      / power[:, (share > 0.5) & (share < 0.6)].mean(-1))
    cut = measured(filters, steep, P)
    made = waveforms.make(cut, cut.levels, np.random.default_rng(1))
    np.testing.assert_allclose(flank(made), flank(steep), atol=1)


def test_levels_of_data_low_passed_far_below_nyquist(filters, data):
    """Down to e^-25 of the pass band; the tapered ends of warped records filled these bands."""
    low = butter(6, 4.0, fs=RATE, output="sos")
    data = sosfiltfilt(low, data) * edge_taper(NPTS, RATE, P / RATE)
    source = measured(filters, data, P)
    waveforms, steep = SourceWaveforms(filters), filters.center_frequencies < 0.5 * RATE / 2
    assert (source.levels[:, steep].max() - source.levels[:, steep].min()) > 25
    for seed in range(4):
        made = waveforms.make(source, source.levels, np.random.default_rng(seed))
        error = (evolutionary.band_levels(filters, made) - source.levels)[:, steep]
        assert np.abs(error[:, 3:]).max() < 1.0
