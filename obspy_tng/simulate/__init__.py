"""
Simulated strong-motion networks
================================

Records whose truth is known: earthquakes of known size at known distance, stations on
ground with a known fundamental frequency. They are the data of the demo and of the
tests, and material to pre-train generators on.

>>> from obspy_tng.simulate import simulate_network
>>> net = simulate_network(n_stations=2, n_events=3, seed=1, f0=[1.0, None])
>>> print(net.records[0])
3 Trace(s) in Stream:
SM.S001..HNZ | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples
SM.S001..HNN | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples
SM.S001..HNE | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples

:mod:`~obspy_tng.simulate.source`
    the point source of Boore (2003) and its spectrum;
:mod:`~obspy_tng.simulate.soil`
    layered ground, its response and random profiles;
:mod:`~obspy_tng.simulate.scenario`
    the earthquakes and the stations of a network;
:mod:`~obspy_tng.simulate.waveforms`, :mod:`~obspy_tng.simulate.envelopes`
    the record of one earthquake at one station;
:mod:`~obspy_tng.simulate.network`, :mod:`~obspy_tng.simulate.files`
    all of them, as Streams, Inventory, Catalog, arrays or an SDS archive.

What is simplified: straight rays in a uniform crust, a point source, layers
without topography, linear soil, surface waves that share the layers' response.
"""

from .files import write_sds
from .network import SimulatedNetwork, simulate_arrays, simulate_network, simulate_records
from .soil import SoilProfile, transfer_function

__all__ = ["SimulatedNetwork", "SoilProfile", "simulate_arrays", "simulate_network",
           "simulate_records", "transfer_function", "write_sds"]
