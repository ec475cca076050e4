"""What goes wrong on clusters: killed workers, full disks, files that change or vanish."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from obspy_tng.exceptions import TNGException
from obspy_tng.runs import loop
from obspy_tng.runs.manifest import Manifest

from .conftest import Data, Deadly, Wrapped, contents


@pytest.fixture
def own(simulated, tmp_path):
    """A copy of the archive, to be damaged."""
    return Data(shutil.copytree(simulated, tmp_path / "archive"))


def files_of_first_day(data, station="S002"):
    """Files of the first day of a station, and the starts of the names of its units."""
    path = min((data.folder / "sds").rglob(f"SM.{station}..BNZ.D.*"), key=lambda p: p.name[-8:])
    return sorted((data.folder / "sds").rglob(f"*{station}*{path.name[-9:]}"))


# -- inputs ------------------------------------------------------------------------

@pytest.mark.parametrize("what", ["removed", "changed", "cut"])
def test_an_input_file_changes_during_the_run(own, reference_run, tmp_path, what):
    victim = files_of_first_day(own)[0]
    good, stat = victim.read_bytes(), victim.stat()

    def before(station, starttime):  # while the other station is still at work
        if what == "removed":
            victim.unlink(missing_ok=True)
        elif what == "changed":
            os.utime(victim, ns=(1, 1))
        else:
            victim.write_bytes(good[:100])

    result = own.run(tmp_path / "r", Wrapped(own.client(), before))
    assert {name.split("/")[0] for name, _ in result.failed} == {"SM.S002"}
    assert len(result.failed) >= 2  # its earthquake and its day
    word = "removed" if what == "removed" else "changed"
    assert all(f"{victim.name} was {word} during the run" in reason for _, reason in result.failed)
    assert result.counts["accepted"] == 15
    victim.write_bytes(good)
    os.utime(victim, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    client = Wrapped(own.client())
    assert own.run(tmp_path / "r", client, retry_failed=True).complete
    assert len(client.asked) == len(result.failed)
    assert {k: v for k, v in contents(tmp_path / "r").items()} == reference_run


def test_a_file_that_changes_while_it_is_read(own, tmp_path):
    victims = files_of_first_day(own)

    class Slow(Wrapped):
        def get_waveforms(self, *args):
            stream = super().get_waveforms(*args)
            if args[1] == "S002":
                os.utime(victims[0])
            return stream

    result = own.run(tmp_path / "r", Slow(own.client()))
    assert any("was changed during the run" in reason for _, reason in result.failed)


def test_inputs_that_changed_since_are_done_again(own, tmp_path):
    own.run(tmp_path / "r")
    before = contents(tmp_path / "r")
    os.utime(files_of_first_day(own)[0])
    client = Wrapped(own.client())
    assert own.run(tmp_path / "r", client).complete
    assert 2 <= len(client.asked) <= 4
    assert contents(tmp_path / "r") == before


def test_a_growing_archive(own, tmp_path):
    """Data that come later are taken up; what is done is not done again."""
    late = files_of_first_day(own)
    stored = {path: (path.read_bytes(), path.stat()) for path in late}
    for path in late:
        path.unlink()
    assert own.run(tmp_path / "r").counts["accepted"] == 15
    for path, (content, stat) in stored.items():
        path.write_bytes(content)
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    client = Wrapped(own.client())
    assert own.run(tmp_path / "r", client).counts["accepted"] == 16
    assert 2 <= len(client.asked) <= 4
    own.run(tmp_path / "fresh")
    assert contents(tmp_path / "r") == contents(tmp_path / "fresh")


def test_raw_data_may_be_put_away_after_the_run(own, tmp_path):
    own.run(tmp_path / "r")
    before = contents(tmp_path / "r")
    for path in files_of_first_day(own):
        path.unlink()
    assert own.run(tmp_path / "r").counts["accepted"] == 16
    assert contents(tmp_path / "r") == before


def test_unreadable_files_are_failures_with_a_reason(own, tmp_path):
    victims = files_of_first_day(own)
    for path in victims:
        path.write_bytes(b"no MiniSEED at all" * 100)
    result = own.run(tmp_path / "r")
    assert len(result.failed) >= 2
    assert result.counts["accepted"] == 15


# -- outputs -----------------------------------------------------------------------

@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_outputs_that_cannot_be_written(data, reference_run, tmp_path, monkeypatch, code):
    written = []

    def failing(record, folder):
        if len(written) == 5:
            raise OSError(code, os.strerror(code), str(Path(folder) / record.path))
        written.append(record.path)
        loop_write(record, folder)

    loop_write = loop.write_packed
    monkeypatch.setattr(loop, "write_packed", failing)
    with pytest.raises(TNGException, match=rf"stopped at SM.*{os.strerror(code)}.*same command"):
        data.run(tmp_path / "r", workers=2)
    monkeypatch.undo()
    assert data.run(tmp_path / "r").complete
    assert contents(tmp_path / "r") == reference_run


def small_disk(folder, size, command):
    """Run a command of Python's with a file system of so many kB in ``folder``."""
    if shutil.which("unshare") is None or subprocess.run(
            ["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    keep = folder.with_name("kept")
    script = (f"mount -t tmpfs -o size={size}k,mode=755 tmpfs {folder} && "
              f"{sys.executable} {command}; code=$?; cp -a {folder} {keep}; exit $code")
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True)
    return done, keep


COLLECT = ["--sampling-rate", "50", "--window", "20", "--option", "max_end_level=2",
           "--option", "min_energy=0.5"]


# full in the manifest, then in the records
@pytest.mark.parametrize("size", [200, *(pytest.param(s, marks=pytest.mark.slow)
                                         for s in (60, 120, 300, 400))])
def test_a_full_disk(simulated, tmp_path, size):
    """A real one; what is left of it goes on on a larger one."""
    (tmp_path / "r").mkdir()
    command = f"-m obspy_tng.scripts.main collect {simulated} --output"
    done, kept = small_disk(tmp_path / "r", size, f"{command} {tmp_path / 'r'} {' '.join(COLLECT)}")
    assert done.returncode == 1, done.stderr
    assert "No space left" in done.stderr or "disk is full" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(kept.rglob("*.tmp"))
    for output in (kept, tmp_path / "fresh"):
        subprocess.run([sys.executable, *command.split(), str(output), *COLLECT], check=True,
                       capture_output=True)
    assert contents(kept) == contents(tmp_path / "fresh")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_permission_denied(data, tmp_path):
    (tmp_path / "r").mkdir(mode=0o555)
    with pytest.raises((TNGException, OSError), match="r"):
        data.run(tmp_path / "r")
    (tmp_path / "r").chmod(0o755)
    assert data.run(tmp_path / "r").complete


def test_output_below_a_file(data, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        data.run(tmp_path / "file" / "r")


@pytest.mark.parametrize("what", ["removed", "truncated", "no sidecar"])
def test_lost_outputs_are_made_again(data, reference_run, tmp_path, what):
    data.run(tmp_path / "r")
    victim = sorted((tmp_path / "r").rglob("*.mseed"))[3]
    if what == "removed":
        victim.unlink()
    elif what == "truncated":
        victim.write_bytes(victim.read_bytes()[:100])
    else:
        victim.with_suffix(".json").unlink()
    client = Wrapped(data.client())
    assert data.run(tmp_path / "r", client).complete
    assert len(client.asked) == 1
    assert contents(tmp_path / "r") == reference_run


def test_leftovers_of_a_killed_process_go(data, reference_run, tmp_path):
    data.run(tmp_path / "r")
    (tmp_path / "r" / "SM.S001" / ".a.mseed.123.tmp").write_bytes(b"half")
    (tmp_path / "r" / "SM.S001" / "SM.S001.19990101T000000.mseed").write_bytes(b"of no unit")
    (tmp_path / "r" / ".sds.tmp" / "2017").mkdir(parents=True)  # of an SDS archive
    data.run(tmp_path / "r")
    assert contents(tmp_path / "r") == reference_run


# -- workers -----------------------------------------------------------------------

def test_a_killed_worker(data, reference_run, tmp_path):
    """The deadly unit is found and recorded, all others are done."""
    client = Wrapped(data.client())
    data.run(tmp_path / "all", client)
    deadly = " ".join(client.asked[7])
    result = data.run(tmp_path / "r", Wrapped(data.client(), Deadly(deadly)), workers=2,
                      processes=True)
    assert [reason for _, reason in result.failed] == [
        "the worker process was killed while at it (out of memory?)"]
    assert result.counts["units"] == 32
    assert not result.counts["pending"]
    assert data.run(tmp_path / "r", retry_failed=True).complete
    assert contents(tmp_path / "r") == reference_run


def test_the_callers_executor_breaks(data, reference_run, tmp_path):
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    client = Wrapped(data.client())
    data.run(tmp_path / "all", client)
    with ProcessPoolExecutor(1, get_context("spawn")) as executor, \
            pytest.raises(TNGException, match="executor is broken"):
        data.run(tmp_path / "r", Wrapped(data.client(), Deadly(" ".join(client.asked[7]))),
                 executor=executor)
    assert data.run(tmp_path / "r").complete
    assert contents(tmp_path / "r") == reference_run


def test_workers_that_die_whatever_they_do(data, tmp_path):
    def everywhere(data):
        client = Wrapped(data.client())
        client.before = None
        return client

    client = everywhere(data)
    client._before = _die
    with pytest.raises(TNGException, match="die repeatedly"):
        data.run(tmp_path / "r", client, workers=1, processes=True)
    with Manifest(tmp_path / "r") as manifest:
        assert manifest.statuses()["failed"] == 0  # it was not their fault
    assert data.run(tmp_path / "r").complete


def _die(station, starttime):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_client_that_cannot_be_sent_to_processes(data, tmp_path):
    client = Wrapped(data.client(), lambda station, starttime: None)
    with pytest.raises(TypeError, match="threads"):
        data.run(tmp_path / "r", client, processes=True)
    assert not (tmp_path / "r").exists()


def test_workers_end_with_a_killed_run(simulated, tmp_path):
    """kill -9 of the run: its worker processes do not stay behind."""
    command = [sys.executable, "-m", "obspy_tng.scripts.main", "collect", str(simulated),
               "--output", str(tmp_path / "r"), *COLLECT, "--workers", "2", "--processes"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    # a fork server and its workers, and what watches over shared memory
    workers = _until(lambda: _descendants(process.pid, least=3), 30)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert workers
    assert _until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 30)


def _descendants(parent, least):
    """Processes below one, if they are that many."""
    found, new = [], [parent]
    while new:
        lists = [Path(f"/proc/{pid}/task/{pid}/children") for pid in new]
        if not lists[0].exists():
            pytest.skip("no /proc here")
        new = [int(pid) for path in lists if path.exists() for pid in path.read_text().split()]
        found += new
    return found if len(found) >= least else []


def _until(condition, seconds):
    """First true value of ``condition()``, or the last."""
    end = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < end:
        time.sleep(0.05)
    return value
