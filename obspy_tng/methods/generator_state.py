"""The state of a generator, and how it lies in a model folder."""

import contextlib
import dataclasses
import io
from typing import Any

import obspy
from obspy.core.util.obspy_types import ObsPyException

from .._version import __version__
from ..exceptions import TNGCheckpointError
from ..groundmotion.site_terms import Site
from ..models.checkpoint import load_folder, save_folder
from ..records.enrolled import Enrolled
from ..records.info import RECORD_FIELDS
from ..training import TrainingSettings

#: StationXML in a model folder
STATIONS = "stations.xml"
#: arguments of the generator, in the description of a model folder
ARGUMENTS = ("architecture", "sampling_rate", "window", "size", "seed")


@dataclasses.dataclass(frozen=True)
class GeneratorState:
    """
    All that a trained generator needs to generate the same records again.

    ``arguments`` are those of :class:`~obspy_tng.TNGGenerator` (:data:`ARGUMENTS`), ``weights``
    maps names to arrays, ``bank`` station ids to
    :class:`~obspy_tng.records.enrolled.Enrolled`, ``sites`` station ids to
    :class:`~obspy_tng.groundmotion.site_terms.Site`; ``inventory`` may be None.
    """

    arguments: dict
    training: TrainingSettings
    history: list
    weights: dict
    bank: dict
    sites: dict
    inventory: Any

    def write(self, folder):
        """
        Write a model folder, complete or not at all.

        :param folder: path; an earlier model there is replaced.
        :raises TNGInputError: if the folder holds something else or cannot be written.
        """
        infos, bank = bank_to_tables(self.bank)
        description = {"version": __version__, **self.arguments,
                       "training": dataclasses.asdict(self.training), "history": self.history,
                       "infos": infos,
                       "sites": {station: site.known for station, site in self.sites.items()}}
        texts = {} if self.inventory is None else {STATIONS: inventory_to_text(self.inventory)}
        save_folder(folder, description, {"weights": self.weights, "bank": bank}, texts)

    @classmethod
    def read(cls, folder):
        """
        Read what :meth:`write` wrote.

        :param folder: path.
        :return: GeneratorState
        :raises TNGCheckpointError: if the folder is foreign, truncated or altered.
        """
        description, arrays, texts = load_folder(folder)
        with sensible_description(folder):
            return cls({name: description[name] for name in ARGUMENTS},
                       TrainingSettings.from_dict(description["training"]),
                       list(description["history"]), arrays.get("weights", {}),
                       bank_from_tables(description["infos"], arrays["bank"], folder),
                       {station: Site(**known) for station, known in
                        description.get("sites", {}).items()},
                       inventory_from_text(texts[STATIONS], folder) if STATIONS in texts else None)


@contextlib.contextmanager
def sensible_description(folder):
    """Turn what a meaningless description of a model raises into a TNGCheckpointError."""
    try:
        yield
    except TNGCheckpointError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError,
            RuntimeError) as exc:  # RuntimeError: a size that does not fit in memory
        raise TNGCheckpointError(f"{folder}: description does not make sense: {exc!r}") from exc


def bank_to_tables(bank):
    """
    Tables of a bank, for :func:`~obspy_tng.models.checkpoint.save_folder`.

    :param bank: dict station id -> :class:`~obspy_tng.records.enrolled.Enrolled`.
    :return: dict station id -> infos; dict ``"station/name"`` -> array.
    """
    return ({station: enrolled.infos for station, enrolled in bank.items()},
            {f"{station}/{key}": array for station, enrolled in bank.items()
             for key, array in enrolled.arrays.items()})


def bank_from_tables(infos, arrays, folder):
    """
    The bank of tables from a model folder.

    :param infos: dict station id -> list of dicts.
    :param arrays: dict ``"station/name"`` -> array with a row for each record.
    :param folder: path, for the message.
    :return: dict station id -> :class:`~obspy_tng.records.enrolled.Enrolled`.
    :raises TNGCheckpointError: if infos and arrays have different numbers of records.
    """
    bank = {}
    for station, some in infos.items():
        prefix = f"{station}/"
        kept = {name.removeprefix(prefix): array for name, array in arrays.items()
                if name.startswith(prefix)}
        if not kept or any(len(array) != len(some) for array in kept.values()):
            raise TNGCheckpointError(f"{folder}: the bank of {station} does not fit its "
                                     f"{len(some)} records")
        bank[station] = Enrolled(kept, [{**dict.fromkeys(RECORD_FIELDS), **info}
                                        for info in some])
    return bank


def inventory_to_text(inventory):
    """An Inventory as text of StationXML."""
    buffer = io.BytesIO()
    inventory.write(buffer, format="STATIONXML")
    return buffer.getvalue().decode("utf-8")


def inventory_from_text(text, folder):
    """
    The Inventory of a model folder.

    :param text: StationXML.
    :param folder: path, for the message.
    :return: :class:`~obspy.core.inventory.inventory.Inventory`
    :raises TNGCheckpointError: if it cannot be read.
    """
    try:
        return obspy.read_inventory(io.BytesIO(text.encode("utf-8")), format="STATIONXML")
    except (SyntaxError, ValueError, TypeError, AttributeError, LookupError,
            ObsPyException) as exc:  # a SyntaxError of lxml
        raise TNGCheckpointError(f"{folder}: stations.xml cannot be read: {exc}") from exc
