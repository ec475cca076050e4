"""Warnings point at the line of the user, however deep in the package they arise."""

import io

import obspy
import pytest

from obspy_tng import TNGGenerator, simulate_network
from obspy_tng.baselines import DonorNoise, ResampledReal
from obspy_tng.exceptions import TNGWarning

from .io.agency_samples import csmip


@pytest.fixture(scope="module")
def network():
    return simulate_network(n_stations=2, n_events=8, seed=1, window=20.0)


def enroll_again(generator, network):
    generator.fit(network.records) if isinstance(generator, DonorNoise) else \
        generator.enroll(network.records)
    generator.enroll(network.records)


def cases(network):
    """What warns -> function that does it."""
    def far(generator):
        generator.enroll(network.records)
        generator.generate("SM.S001", magnitude=9.0, distance=3.0)

    cut = io.BytesIO(csmip("V1").raw[:-600])
    return {"enroll": lambda: enroll_again(TNGGenerator(window=20.0), network),
            "enroll of a control": lambda: enroll_again(ResampledReal(window=20.0), network),
            "fit of a control": lambda: ResampledReal(window=20.0).enroll(network.records)
            .fit(network.records),
            "enroll of donors": lambda: enroll_again(DonorNoise(window=20.0), network),
            "generate": lambda: far(TNGGenerator(window=20.0)),
            "obspy.read": lambda: obspy.read(cut, strict=False)}


@pytest.mark.parametrize("case", ["enroll", "enroll of a control", "fit of a control",
                                  "enroll of donors", "generate", "obspy.read"])
def test_a_warning_is_at_the_line_of_the_user(case, network):
    with pytest.warns(TNGWarning) as found:
        cases(network)[case]()
    assert {warning.filename for warning in found} == {__file__}
