"""
Simulated strong-motion networks
================================

Records with known truth: earthquakes of known size at known distance, stations on
ground with a known fundamental frequency. The demo, the tests and the pre-training of
generators use them.

>>> from obspy_tng.simulate import simulate_network
>>> net = simulate_network(n_stations=2, n_events=3, seed=1, f0=[1.0, None])
>>> print(net.records[0])
3 Trace(s) in Stream:
SM.S001..HNZ | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples
SM.S001..HNN | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples
SM.S001..HNE | 2000-01-01T... - 2000-01-01T... | 100.0 Hz, 6000 samples

* :mod:`~obspy_tng.simulate.scenario`, :mod:`~obspy_tng.simulate.source` - the earthquakes and
  stations of a network; spectra, mechanisms and ruptures;
* :mod:`~obspy_tng.simulate.crust`, :mod:`~obspy_tng.simulate.matrices`,
  :mod:`~obspy_tng.simulate.layered`, :mod:`~obspy_tng.simulate.greens`,
  :mod:`~obspy_tng.simulate.rays` - layered crusts; plane waves, the complete wave field and rays
  in them;
* :mod:`~obspy_tng.simulate.scattering`, :mod:`~obspy_tng.simulate.arrivals`,
  :mod:`~obspy_tng.simulate.diffuse` - scattered energy, scattered waves one by one, and the field
  of very many;
* :mod:`~obspy_tng.simulate.soil`, :mod:`~obspy_tng.simulate.column`,
  :mod:`~obspy_tng.simulate.noise` - soil with known resonance, the ground under a station, its
  noise;
* :mod:`~obspy_tng.simulate.path`, :mod:`~obspy_tng.simulate.waveforms` - all waves from one
  earthquake to one station, and the record of them;
* :mod:`~obspy_tng.simulate.network`, :mod:`~obspy_tng.simulate.corpus`,
  :mod:`~obspy_tng.simulate.files` - networks as Streams, Inventory, Catalog, arrays or an SDS
  archive.

Up to 0.55 Hz a record is the complete wave field of a double couple in the layered crust; above
0.9 Hz it consists of rays and scattered waves; in between, of both. Simplifications: one crust
without topography or dipping layers under each network; distances saturate near large ruptures;
surface waves of basins are drawn and not computed; soil is linear.
"""

from .files import write_archive
from .network import SimulatedNetwork, simulate_arrays, simulate_network, simulate_records
from .soil import SoilProfile, transfer_function

__all__ = ["SimulatedNetwork", "SoilProfile", "simulate_arrays", "simulate_network",
           "simulate_records", "transfer_function", "write_archive"]
