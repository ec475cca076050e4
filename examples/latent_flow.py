"""
Three distributions of z: source records, a Gaussian prior, flow matching
=========================================================================

``architecture="tng"`` draws the latent z from enrolled records of about the same magnitude and
distance (``sampler="posterior"``) or from a Gaussian that the network predicts
(``sampler="prior"``). Here a flow (Lipman et al. 2023, ICLR), which can have any shape, is
trained by flow matching on the z of the training records and of simulated ones, for given
station and earthquake, and replaces the Gaussian. All data are from the training half, which is
itself split by earthquake::

    obspy-tng collect ARCHIVE --output records --sampling-rate 50 --window 120
    python examples/latent_flow.py --records records
"""

import argparse
import math

import numpy as np
import torch
from torch import nn

from obspy_tng import TNGGenerator, evaluate, simulate_network
from obspy_tng.methods.tng.features import event_features
from obspy_tng.records.earthquakes import split_by_event
from obspy_tng.records.folder import read_records
from obspy_tng.records.info import record_info
from obspy_tng.records.record import group_by_station, record_to_array
from obspy_tng.simulate.corpus import simulated_corpus

FIGURES = ("specificity", "hvsr_rms", "hvsr_sd_ratio", "pga_spread", "d5_95_spread", "psa_rms",
           "husid_sd_ratio", "novelty")
#: share of real records in a batch of the flow's training
REAL_SHARE = 0.3


class LatentFlow(nn.Module):
    """
    Velocity field from a Gaussian to z, given a condition.

    :param z_dim: size of z.
    :param condition: size of the condition.
    """

    def __init__(self, z_dim, condition, hidden=256):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(z_dim + condition + 16, hidden), nn.SiLU(), nn.Linear(hidden, hidden),
            nn.SiLU(), nn.Linear(hidden, hidden), nn.SiLU(), nn.Linear(hidden, z_dim))

    def forward(self, x, time, condition):
        angle = 0.25 * math.pi * time * 2.0 ** torch.arange(8)
        return self.layers(torch.cat([x, angle.sin(), angle.cos(), condition], 1))

    def loss(self, z, condition):
        """Squared error of the velocity on straight lines from noise to z."""
        time, noise = torch.rand(len(z), 1), torch.randn_like(z)
        return (self(time * z + (1 - time) * noise, time, condition) - (z - noise)).square().mean()

    @torch.no_grad()
    def draw(self, condition, steps=16):
        """One z for each condition, by the midpoint rule."""
        x = torch.randn(len(condition), self.layers[-1].out_features)
        for step in range(steps):
            time = torch.full((len(x), 1), step / steps)
            middle = x + 0.5 / steps * self(x, time, condition)
            x = x + self(middle, time + 0.5 / steps, condition) / steps
        return x


@torch.no_grad()
def latents(method, groups):
    """Mean and standard deviation of z, and conditions, of ``(data, infos)`` per station."""
    rows = []
    for data, infos in groups:
        kept = method.encode("", data, infos)
        others = 1 - torch.eye(len(infos))   # a station's vector is from its other records
        vector = method.model.pool(method._tensor(kept["summary"]), others)[0]
        context = method.model.context(method._tensor(method._relative(kept["levels"])),
                                       method._tensor(event_features(infos, method.window)))
        rows.append((method._tensor(kept["mu"]), (0.5 * method._tensor(kept["logvar"])).exp(),
                     torch.cat([vector, context], 1)))
    return [torch.cat(column) for column in zip(*rows, strict=True)]


def fit_flow(method, real, simulated, steps=1500, batch=256):
    """Function of conditions that draws z."""
    columns, counts = zip(*((part, len(part[0])) for part in (
        latents(method, real), latents(method, simulated))), strict=True)
    mean, sd, condition = (torch.cat(both) for both in zip(*columns, strict=True))
    center, scale = mean.mean(0), (mean.var(0) + sd.square().mean(0)).sqrt()
    middle, width = condition.mean(0), condition.std(0) + 1e-3
    share = torch.cat([torch.full((n,), s / n) for n, s in
                       zip(counts, (REAL_SHARE, 1 - REAL_SHARE), strict=True)])
    flow = LatentFlow(mean.shape[1], condition.shape[1])
    optimizer = torch.optim.AdamW(flow.parameters(), 1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        k = torch.multinomial(share, batch, replacement=True)
        z = (mean[k] + sd[k] * torch.randn_like(mean[k]) - center) / scale
        given = (condition[k] - middle) / width
        loss = flow.loss(z, given + 0.05 * torch.randn_like(given))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return lambda given: flow.draw((given - middle) / width) * scale + center


def generated(generator, test, number, seed, sampler):
    """Dict station -> records, for the earthquakes of the test records in turn."""
    return {station: generator.generate_like(station, records, number, seed=seed, sampler=sampler)
            for station, records in test.items()}


def one_split(records, number, seed):
    """Figures of each way to draw z, on one split inside of a training half."""
    half, _ = split_by_event(records, 0.5, seed=seed)
    train, test = split_by_event(half, 2 / 3, seed=seed)
    stats = records[0][0].stats
    generator = TNGGenerator(stats.sampling_rate, stats.npts * stats.delta,
                             training={"validation": 0.0}, device="cpu").fit(train, progress=False)
    train, test = group_by_station(train), group_by_station(test)
    test = {station: test[station] for station in sorted(set(train) & set(test))}
    method, expected = generator.method, generator.model.expected
    torch.manual_seed(seed)
    real = [(np.stack([record_to_array(r) for r in group]), [record_info(r) for r in group])
            for group in train.values()]
    draw = fit_flow(method, real, simulated_corpus(700, stats.npts, stats.sampling_rate, 3 + seed))
    found = {name: generated(generator, test, number, seed, name)
             for name in ("posterior", "prior")}

    def flow(station, context):
        z = draw(torch.cat([station, context], 1))
        return z, torch.full_like(z, -40.0)   # no noise of the Gaussian's on top

    generator.model.expected = flow
    found["flow"] = generated(generator, test, number, seed, "prior")
    generator.model.expected = expected
    result = evaluate(test, found, enrolled=train, seed=seed, repeats=3)
    return {name: [result.value(key, name) for key in FIGURES] for name in found}


def main():
    """Command line: a line for each way, means over the splits."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0].strip())
    parser.add_argument("--records", help="folder that obspy-tng collect wrote")
    parser.add_argument("--splits", type=int, default=3)
    parser.add_argument("--number", type=int, default=60, help="records per station")
    args = parser.parse_args()
    records = list(read_records(args.records)) if args.records else simulate_network(
        4, 40, seed=0, sampling_rate=50.0).records
    records = [r for r in records if record_info(r)["magnitude"] is not None
               and record_info(r)["distance"] is not None]
    rows = [one_split(records, args.number, seed) for seed in range(args.splits)]
    print(f"{'':10}" + "".join(f"{key:>16}" for key in FIGURES))
    for name in rows[0]:
        mean = np.mean([row[name] for row in rows], axis=0)
        print(f"{name:10}" + "".join(f"{value:16.2f}" for value in mean))


if __name__ == "__main__":
    main()
