"""Speed of the station bottleneck against the control that does the same without a network."""

import numpy as np

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import DonorNoise

EVENT = {"magnitude": 6.5, "distance": 60.0, "depth": 20.0}


def test_generation(compare):
    """Target: at least 2 records a second, Streams included."""
    network = simulate_network(2, 12, seed=1)
    ours = TNGGenerator.from_pretrained("tng-small", device="cpu").enroll(network.records)
    donors = DonorNoise().fit(network.records)
    alone = ours.generate("SM.S001", 1, seed=0, first=3, **EVENT)[0]
    np.testing.assert_array_equal(alone[0].data, ours.generate("SM.S001", 5, seed=0, **EVENT)
                                  [3][0].data)
    best = compare("record of the station bottleneck", lambda: ours.generate(
        "SM.S001", 10, seed=0, **EVENT), items=10,
        donor_noise=lambda: donors.generate("SM.S001", 10, seed=0, **EVENT))
    print(f"{1 / best['ours']:.0f} records a second")
