"""The bank and the inventory of a generator in a model folder."""

import io

import obspy
from obspy.core.util.obspy_types import ObsPyException

from ..exceptions import TNGCheckpointError
from ..records.info import RECORD_FIELDS
from ..station_generator import Enrolled


def bank_to_tables(bank):
    """
    Tables of a bank, for :func:`~obspy_tng.models.checkpoint.save_folder`.

    :param bank: dict station id -> :class:`~obspy_tng.station_generator.Enrolled`.
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
    :return: dict station id -> :class:`~obspy_tng.station_generator.Enrolled`.
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
