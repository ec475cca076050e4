"""Arguments, help, exit codes."""

import re
import subprocess
import sys

import pytest

from obspy_tng.exceptions import TNGInputError
from obspy_tng.methods import METHODS, conditional, released
from obspy_tng.methods.flow import method as flow
from obspy_tng.methods.tng import method as tng
from obspy_tng.scripts.main import main


def test_verbose_before_or_after_the_command(tmp_path):
    for command in (["-v", "info", str(tmp_path)], ["info", str(tmp_path), "-v"]):
        with pytest.raises(TNGInputError, match="no records"):
            main(command)


def test_as_a_module():
    done = subprocess.run([sys.executable, "-m", "obspy_tng", "--version"], capture_output=True,
                          text=True, check=True)
    assert done.stdout.startswith("obspy-tng ")


def test_usage(capsys):
    with pytest.raises(SystemExit) as info:
        main(["generate"])
    assert info.value.code == 2
    with pytest.raises(SystemExit) as info:
        main(["generate", "--help"])
    assert info.value.code == 0
    assert "example:" in capsys.readouterr().out


def test_sizes_are_those_of_the_architectures(capsys):
    sizes = {size for named in (conditional.SIZES, conditional.SPECTROGRAM_SIZES, released.SIZES,
                                flow.SIZES, tng.SIZES) for size in named}
    with pytest.raises(SystemExit):
        main(["fit", "--help"])
    listed, = re.findall(r"--size \{(.*?)\}", capsys.readouterr().out)[:1]
    assert set(listed.split(",")) == sizes


def test_help_names_all_architectures(capsys):
    with pytest.raises(SystemExit):
        main(["fit", "--help"])
    text = capsys.readouterr().out
    assert not [name for name in METHODS if name not in text]
