"""
Design suites: targets, selection, matching, export
===================================================

A target spectrum, records that together fit it, and files that an analysis program reads:

>>> from obspy_tng import simulate_network
>>> from obspy_tng.suites import Target, select
>>> records = simulate_network(n_stations=1, n_events=20, seed=1, window=20.0).records
>>> target = Target.from_psa([0.1, 0.5, 2.0], [4.0, 3.0, 0.5], ln_sd=0.5)
>>> suite = select(records, target, n=7, scale_factors=(0.1, 10))
>>> print(suite.summary())
7 records, mean within ... % of the target from 0.1 to 2 s; scale factors ... to ...

=====================================  ==============================================
target from arrays, from a CSV file    :class:`Target`
from ground-motion models (pygmm)      :func:`model_target`
conditional on one period              :func:`conditional_target`
of a code                              :func:`eurocode8`, :func:`asce7`
selection from any records             :func:`select`
draw from a generator and select       :func:`generate_suite`
spectral matching (reqpy-M)            :meth:`Suite.matched <obspy_tng.suites.suite.Suite.matched>`
files: AT2, text, CSV, OpenSees, ...   :meth:`Suite.write <obspy_tng.suites.suite.Suite.write>`
table of measures of any records       :func:`measures`
=====================================  ==============================================
"""

from .codes import asce7, eurocode8
from .conditional import conditional_target
from .generation import generate_suite
from .measures import measures
from .models import model_target
from .suite import Suite, select
from .targets import Target

__all__ = ["Suite", "Target", "asce7", "conditional_target", "eurocode8", "generate_suite",
           "measures", "model_target", "select"]
