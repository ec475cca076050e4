"""
obspy_tng: site-specific strong-motion records for ObsPy
========================================================

Give it the strong-motion records of some stations; get, for each station, any
number of new three-component accelerograms with that site's signature, as
ordinary ObsPy Streams, and the tools to judge them.

The public names are loaded on first use (:pep:`562`), so that importing the
package costs nothing and does not import torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from ._version import __version__

if TYPE_CHECKING:  # what is loaded lazily below, for editors and type checkers
    from .archive.collection import collect_records as collect_records
    from .evaluation import evaluate as evaluate
    from .exceptions import TNGCheckpointError as TNGCheckpointError
    from .exceptions import TNGException as TNGException
    from .exceptions import TNGInputError as TNGInputError
    from .exceptions import TNGWarning as TNGWarning
    from .generator import TNGGenerator as TNGGenerator
    from .hvsr_curves import hvsr as hvsr
    from .hvsr_curves import pick_f0 as pick_f0
    from .records.prepare import prepare_record as prepare_record
    from .simulate import simulate_network as simulate_network

# public name -> module that defines it
_PUBLIC = {
    "TNGGenerator": "generator",
    "collect_records": "archive.collection",
    "prepare_record": "records.prepare",
    "hvsr": "hvsr_curves",
    "pick_f0": "hvsr_curves",
    "evaluate": "evaluation.compare",
    "simulate_network": "simulate",
    "TNGException": "exceptions",
    "TNGInputError": "exceptions",
    "TNGCheckpointError": "exceptions",
    "TNGWarning": "exceptions",
}
_SUBPACKAGES = ("archive", "baselines", "evaluation", "groundmotion", "io", "models", "plotting",
                "records", "metadata", "methods", "signal", "simulate", "suites", "training")

__all__ = ["__version__", *_PUBLIC]


def __getattr__(name):
    if name in _PUBLIC:
        value = getattr(import_module("." + _PUBLIC[name], __name__), name)
    elif name in _SUBPACKAGES:
        value = import_module("." + name, __name__)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted({*globals(), *_PUBLIC, *_SUBPACKAGES})
