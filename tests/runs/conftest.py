"""A small simulated archive on disk, and what the tests of runs have in common."""

import os
import signal
from pathlib import Path

import obspy
import pytest
from obspy.clients.filesystem.sds import Client

from obspy_tng import simulate_network
from obspy_tng.runs.collect import collect_folder
from obspy_tng.simulate import write_archive

# recordings of 50 s may end before the shaking does, and runs are tested here, not records
OPTIONS = {"sampling_rate": 50.0, "window": 20.0, "min_energy": 0.5, "max_end_level": 2.0,
           "progress": False}


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """Folder of an archive: 2 stations, 8 earthquakes, 16 recordings; nobody writes to it."""
    folder = tmp_path_factory.mktemp("runs") / "archive"
    return write_archive(simulate_network(2, 8, seed=5, sampling_rate=50.0, window=50.0), folder)


class Data:
    """An archive with its metadata and the run of it that all tests compare with."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.inventory = obspy.read_inventory(str(self.folder / "stations.xml"))
        self.catalog = obspy.read_events(str(self.folder / "events.xml"))

    def client(self):
        return Client(str(self.folder / "sds"))

    def run(self, output, client=None, **options):
        return collect_folder(client or self.client(), output, self.inventory, self.catalog,
                           **{**OPTIONS, **options})


@pytest.fixture(scope="session")
def data(simulated):
    return Data(simulated)


@pytest.fixture(scope="session")
def reference_run(data, tmp_path_factory):
    """Contents of the output of an uninterrupted run with one worker."""
    output = tmp_path_factory.mktemp("reference") / "records"
    result = data.run(output)
    assert result.complete
    assert result.counts["accepted"] == 16
    return contents(output)


def contents(folder):
    """Relative path -> bytes of everything in a folder but the manifest (it has times)."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(Path(folder).rglob("*"))
            if path.is_file() and not path.name.startswith("manifest.sqlite")}


class Wrapped:
    """A client that calls ``before(station, starttime)`` and counts what it is asked."""

    def __init__(self, client, before=None):
        self._client, self._before, self.asked = client, before, []
        self.sds_root, self.sds_type, self.FMTSTR = client.sds_root, client.sds_type, client.FMTSTR

    def get_waveforms(self, network, station, location, channel, starttime, endtime):
        self.asked.append((station, str(starttime)))
        if self._before is not None:
            self._before(station, starttime)
        return self._client.get_waveforms(network, station, location, channel, starttime, endtime)


class Twice(Wrapped):
    """A client for which all recordings of a station have the samples of its first one."""

    def __init__(self, client):
        super().__init__(client)
        self.samples = {}
        for path in sorted(Path(client.sds_root).rglob("*.D.*"), key=lambda p: p.name[-8:]):
            if path.is_file():
                tr, = obspy.read(str(path))
                self.samples.setdefault(tr.id, tr.data)

    def get_waveforms(self, *args):
        stream = super().get_waveforms(*args)
        for tr in stream:
            tr.data = self.samples[tr.id][:len(tr)]
        return stream


class Deadly:
    """Kills the process it works in at one unit, until a file says that it is enough."""

    def __init__(self, number):
        self.number = number

    def __call__(self, station, starttime):
        if f"{station} {starttime}" == self.number:
            os.kill(os.getpid(), signal.SIGKILL)
