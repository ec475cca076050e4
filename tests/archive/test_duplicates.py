"""Recordings that an archive holds twice."""

from obspy_tng.archive.duplicates import SAME_WITHIN, DuplicateFinder

PEAKS = (1.0, 2.0, 3.0)


def times(factor):
    return tuple(factor * peak for peak in PEAKS)


def test_same_samples_under_two_names():
    finder = DuplicateFinder()
    assert finder.find("XX.A", "a", PEAKS) is None
    found = finder.find("XX.A", "b", times(1 + 0.5 * SAME_WITHIN))
    assert (found.code, found.text) == ("same_samples", "b: same samples as a")
    assert finder.find("XX.B", "b", PEAKS) is None  # another station
    assert finder.find("XX.A", "c", times(1 + 3 * SAME_WITHIN)) is None
    assert finder.find("XX.A", "d", (*PEAKS[:2], 3.01)) is None  # one component differs


def test_duplicates_across_the_border_of_a_cell():
    """Whatever the level, peaks within the limit are found."""
    for i in range(200):
        finder, level = DuplicateFinder(), 1 + i * 0.05 * SAME_WITHIN
        finder.find("XX.A", "a", times(level))
        assert finder.find("XX.A", "b", times(level * (1 + 0.9 * SAME_WITHIN))) is not None


def test_two_records_of_one_second():
    finder = DuplicateFinder()
    finder.find("XX.A", "a", PEAKS)
    assert finder.find("XX.A", "a", times(2)).code == "same_second"
    assert finder.find("XX.A", "zero", (0.0, 1.0, 1.0)) is None  # no logarithm of nothing
