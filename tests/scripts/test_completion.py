"""What the shell completes."""

import shutil
import subprocess

import pytest

from obspy_tng.scripts.main import main


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(("words", "expected"), [
    (["gen"], ["generate"]), (["generate", "--mag"], ["--magnitude"]),
    (["-v", "generate", "model", "--sampler", "p"], ["posterior", "prior"]),
    (["completion", ""], ["bash", "zsh"]), (["fit", "rec"], [])])
def test_completion(capsys, words, expected):
    assert main(["completion", "bash"]) == 0
    script = capsys.readouterr().out
    asked = " ".join(repr(word) for word in ["obspy-tng", *words])
    done = subprocess.run(
        ["bash", "-c", f"{script}\nCOMP_WORDS=({asked}); COMP_CWORD={len(words)}; _obspy_tng; "
         'echo "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
    assert done.stdout.split() == expected
