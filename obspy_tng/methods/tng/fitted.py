"""What ``architecture="tng"`` fits to the enrolled records before it draws."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ..source_bank import SourceBank
from .bank import BankModel


@dataclass
class FittedBank:
    """
    Source records, and what the network's own samplers need besides.

    :param sources: :class:`~obspy_tng.methods.source_bank.SourceBank`.
    :param fit_network: function that fits the :class:`~obspy_tng.methods.tng.bank.BankModel`,
        called when it is first asked for: all enrolled records have to be decoded for it.
    """

    sources: SourceBank
    fit_network: Callable[[], BankModel]

    @cached_property
    def network(self):
        """:class:`~obspy_tng.methods.tng.bank.BankModel`."""
        return self.fit_network()
