"""Standard streams: closed ones, readers that are gone, full disks, and the bytes of data."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.conftest import SMALL

RECOMMEND = "recommend --like 7 --run dnn -n 3"


def shell(line: str, **variables: str) -> "subprocess.CompletedProcess[bytes]":
    """Run a line of a shell, in which ``movierec`` is the program; a pipe fails as its program."""
    program = f"movierec() {{ '{sys.executable}' -m movierec_cli \"$@\"; }}; set -o pipefail; "
    return subprocess.run(
        ["bash", "-c", program + line],
        env=os.environ | variables,
        capture_output=True,
        check=False,
    )


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX is needed")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"movierec {RECOMMEND} --json <&- >&- 2>&-", 0),
        (f"movierec {RECOMMEND} --save-profile ann >&-", 0),
        (f"movierec films --dataset {SMALL} --format csv | true", 0),
        ("movierec recommend --help | true", 0),
        ("movierec --help | true", 0),
        ("movierec evaluate gone 2>&-", 3),
        ("movierec evaluate gone 2> /dev/full", 3),
        (f"movierec {RECOMMEND} -n 5000 2> >(true)", 0),
        (f"movierec {RECOMMEND} --json > /dev/full", 3),
    ],
)
def test_streams_that_nobody_reads_are_no_bug(line: str, code: int, trained: Path) -> None:
    done = shell(line)
    assert done.returncode == code, done.stderr
    for word in (b"bug", b"Traceback", b"Exception ignored"):
        assert word not in done.stderr
    profiles = trained.parent / "profiles"
    if "--save-profile" in line:
        assert (profiles / "ann.json").is_file()
        (profiles / "ann.json").unlink()


@pytest.mark.parametrize("format", ["json", "csv", "md"])
def test_data_is_utf_8_whatever_the_encoding_of_the_terminal(format: str, trained: Path) -> None:
    line = f"movierec films Café --dataset {SMALL} --format {format}"
    usual = shell(line, PYTHONUTF8="1")
    assert "Café".encode() in usual.stdout
    assert b"\r" not in usual.stdout
    assert shell(line, PYTHONIOENCODING="cp1252", PYTHONUTF8="1").stdout == usual.stdout


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_n_counts_in_every_format(format: str, cli: Cli) -> None:
    titles = [
        cli("films", "--dataset", SMALL, "-n", n, "--format", format).stdout.count("(19")
        + cli("films", "--dataset", SMALL, "-n", n, "--format", format).stdout.count("(20")
        for n in ("2", "5")
    ]
    if format == "table":
        return
    assert titles == [2, 5]


def test_fewer_films_than_wanted_are_shown_and_said(trained: Path, cli: Cli) -> None:
    result = cli(*["recommend", "--user", "3", "--run", "dnn", "-n", "5000", "--format", "csv"])
    n_films = len(result.stdout.splitlines()) - 1
    assert result.exit_code == 0
    assert 0 < n_films < 200
    assert f"Only {n_films} films are left to recommend; 5000 were wanted." in result.stderr


BLANK = (
    "train {}", "train dnn --name {}", "train dnn --preset {}", "evaluate {}",
    "runs show {}", "runs remove {}", "recommend --gender {}", "recommend --profile {}",
    "recommend --like {}", "recommend --like 7 --like {}", "recommend --ratings {}",
    "recommend --save-profile {}", "recommend --year {}", "recommend --run {}",
    "recommend --dataset {}", "recommend --user {}", "recommend --zip {}", "recommend -o {}",
    "films {}", "films --genre {}", "similar {}", "eda genres --dataset {}", "config dataset {}",
    "eda genres --plot {}", "import {} --name mine", "import x.csv --name {}",
    "profiles import ann {}", "download {}", "download --from {}", "export vectors -o {}",
    "report -o {}", "datasets remove {}", "eda genres --format {}", "evaluate x --k {}",
)  # fmt: skip


@pytest.mark.parametrize("blank", ["", " \t"])
@pytest.mark.parametrize("line", BLANK)
def test_a_blank_value_is_refused(line: str, blank: str, cli: Cli) -> None:
    result = cli(*(part.format(blank) for part in line.split()))
    error, _, hint = result.stderr.partition("\n\nhint: ")
    assert result.exit_code == 2, result.stderr
    assert (result.stdout, error[:13], error[-9:]) == ("", "error: The va", "is blank.")
    assert "--help" in hint
