"""ObsPy's own FDSN client against a service on this machine, with all that services do."""

import io
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import obspy.clients.fdsn
import pytest
from obspy import UTCDateTime
from obspy.clients.fdsn import Client

from obspy_tng.scripts.main import main

from .conftest import contents

WADL = Path(obspy.clients.fdsn.__file__).parent / "tests" / "data" / "dataselect.wadl"


class Handler(BaseHTTPRequestHandler):
    """fdsnws-dataselect of an archive; ``trouble`` says what some requests get instead."""

    archive, trouble, asked = None, None, None

    def do_GET(self):
        url = urlsplit(self.path)
        if url.path.endswith("application.wadl") and "dataselect" in url.path:
            return self.answer(200, WADL.read_bytes(), "application/xml")
        if not url.path.endswith("dataselect/1/query"):
            return self.answer(404)
        query = {key: value[0] for key, value in parse_qs(url.query).items()}
        self.asked.append((query["station"], query["starttime"]))
        trouble = self.trouble.get(len(self.asked))
        if trouble == "cut":  # the connection breaks in the middle
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"x" * 100)
            return self.connection.close()
        if isinstance(trouble, int):
            return self.answer(trouble, b"Error: as the test wants it")
        if trouble is not None:
            return self.answer(200, trouble)
        stream = self.archive.get_waveforms(
            query["network"], query["station"], "*", query["channel"],
            *(UTCDateTime(query[key]) for key in ("starttime", "endtime")))
        if not stream:
            return self.answer(204)
        buffer = io.BytesIO()
        stream.write(buffer, format="MSEED")
        self.answer(200, buffer.getvalue(), "application/vnd.fdsn.mseed")

    def answer(self, code, content=b"", kind="text/plain"):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        if code != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if code != 204:
            self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def service(data):
    """URL of the service, its troubles (number of a request -> status or bytes), requests."""
    if not WADL.exists():
        pytest.skip("this ObsPy comes without its test data (a WADL of an FDSN service)")
    handler = type("Handler", (Handler,), {"archive": data.client(), "trouble": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", handler.trouble, handler.asked
    server.shutdown()
    server.server_close()


def mseed(folder):
    return {name: raw for name, raw in contents(folder).items() if name.endswith(".mseed")}


def test_same_records_as_from_the_archive(data, reference_run, service, tmp_path):
    url, _, asked = service
    result = data.run(tmp_path / "r", Client(url), workers=3)
    assert result.complete
    assert result.counts["units"] == 16  # no files, no days
    assert len(asked) == 16
    assert mseed(tmp_path / "r") == {k: v for k, v in reference_run.items() if k.endswith("mseed")}


@pytest.mark.parametrize(("trouble", "words"), [
    (500, "FDSNInternalServerException"), (503, "FDSNServiceUnavailableException"),
    (403, "FDSNForbiddenException"), (429, "FDSNTooManyRequestsException"),
    (b"<html>maintenance</html>", ""), ("cut", "")])
def test_troubles_are_failures_that_can_be_taken_up(data, service, tmp_path, trouble, words):
    url, troubles, asked = service
    troubles[3] = trouble
    result = data.run(tmp_path / "r", Client(url))
    assert [len(result.failed), result.counts["accepted"]] == [1, 15]
    assert words in result.failed[0][1]
    before = len(asked)
    assert data.run(tmp_path / "r", Client(url), retry_failed=True).complete
    assert len(asked) == before + 1
    data.run(tmp_path / "s", Client(url))
    assert contents(tmp_path / "r") == contents(tmp_path / "s")


def test_no_data_is_no_failure(data, service, tmp_path):
    url, troubles, _ = service
    troubles[2] = 204
    result = data.run(tmp_path / "r", Client(url))
    assert result.complete
    assert [result.counts["no data"], result.counts["accepted"]] == [1, 15]


def test_command_line(simulated, reference_run, service, tmp_path, capsys):
    command = ["collect", "--fdsn", service[0], "--inventory", str(simulated / "stations.xml"),
               "--catalog", str(simulated / "events.xml"), "--output", str(tmp_path / "r"),
               "--sampling-rate", "50", "--window", "20", "--workers", "2",
               "--option", "max_end_level=2", "--option", "min_energy=0.5"]
    assert main(command) == 0
    assert "16 records" in capsys.readouterr().out
    assert mseed(tmp_path / "r").keys() == {k for k in reference_run if k.endswith("mseed")}
