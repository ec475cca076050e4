"""The models that ``architecture="tng"`` fits to the enrolled records."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ..source_bank import SourceBank
from .bank import BankModel


@dataclass
class FittedBank:
    """
    Source records, and the fitted models of the network's samplers.

    :param sources: :class:`~obspy_tng.methods.source_bank.SourceBank`.
    :param fit_network: function that fits the :class:`~obspy_tng.methods.tng.bank.BankModel`,
        called on first use, because it decodes all enrolled records.
    """

    sources: SourceBank
    fit_network: Callable[[], BankModel]

    @cached_property
    def network(self):
        """:class:`~obspy_tng.methods.tng.bank.BankModel`."""
        return self.fit_network()
