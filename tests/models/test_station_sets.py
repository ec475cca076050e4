"""A record's station is known from its other records alone."""

import torch

from obspy_tng.models.station_sets import other_records


def test_a_station_tells_of_its_other_records_only():
    others = other_records(torch.tensor([0, 0, 1]), some=False)
    assert others.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_any_number_of_them_in_training():
    labels = torch.tensor([0, 1, 0, 0, 1, 2])
    whole = other_records(labels, some=False)
    for i, row in enumerate(whole):
        assert row.nonzero().flatten().tolist() == [
            j for j in range(6) if j != i and labels[j] == labels[i]]
    torch.manual_seed(0)
    parts = torch.stack([other_records(labels, some=True) for _ in range(200)])
    assert ((parts == 0) | (whole == 1)).all()
    sizes = parts[:, 0].sum(-1)
    assert sizes.min() == 0
    assert sizes.max() == 2
