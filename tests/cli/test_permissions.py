"""Written files and folders follow the umask of the user."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.helpers import write_zip

DATA = "synthetic-12x80x300"
PATH = (
    "download --from mine.zip",
    f"train two-tower --preset original --dataset {DATA} --epochs 1 --name dnn",
    f"train dnn --preset original --dataset {DATA} --epochs 1 --name dnn --force",
    "recommend --like 7 --save-profile ann",
    "recommend --all-users -o out/all.csv",
    "recommend --all-users -o out/all.jsonl",
    "export vectors -o out/vectors.npz",
    "export vectors -o out/vectors.tsv",
    f"eda genres --dataset {DATA} --plot out/genres.png",
)
"""Commands that write the cache, runs, profiles, lists, vectors and figures."""


@pytest.fixture
def restored_umask() -> Iterator[None]:
    """Restore the umask after the test."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(("mask", "report"), [(0o027, "report.md"), (0o077, "report.html")])
def test_everything_that_is_written_follows_the_umask(
    mask: int, report: str, tiny: dict[str, bytes], tmp_path: Path, cli: Cli, restored_umask: None
) -> None:
    pytest.importorskip("matplotlib")
    write_zip(tmp_path / "mine.zip", tiny)
    os.umask(mask)
    for command in (*PATH, f"report --dataset {DATA} -o out/{report}"):
        result = cli(*command.split())
        assert result.exit_code == 0, f"{command}: {result.stderr}"
    written = [path for folder in ("home", "out") for path in (tmp_path / folder).rglob("*")]
    assert {path.suffix for path in written if path.is_file()} >= {
        ".zip", ".npz", ".json", ".jsonl", ".safetensors", ".md", ".csv", ".tsv", ".png",
        Path(report).suffix,
    }  # fmt: skip
    for path in written:
        most = 0o777 if path.is_dir() else 0o666
        assert oct(path.stat().st_mode & 0o777) == oct(most & ~mask), path
