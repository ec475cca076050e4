"""Sets of records of one station, from which a network makes the station's vector."""

import torch


def other_records(labels, some):
    """
    For each record of a batch, the other records of its station.

    A record is never in its own set, so that the station's vector tells nothing of the record
    itself.

    :param labels: tensor ``(batch,)``, number of the station.
    :param some: whether a random part of them is taken, none included (in training).
    :return: tensor ``(batch, batch)`` of zeros and ones.

    .. rubric:: Example

    >>> other_records(torch.tensor([4, 4, 7]), some=False).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    """
    same = (labels[:, None] == labels[None]).float()
    same = same - torch.eye(len(labels), device=labels.device)
    if not some:
        return same
    share = 1.2 * torch.rand(len(labels), 1, device=labels.device)
    return same * (torch.rand(same.shape, device=labels.device) < share)
