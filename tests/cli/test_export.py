"""The vectors of a run as files for other programs."""

from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core.data.dataset import Dataset
from tests.cli.conftest import Cli


def test_npz_holds_vectors_ids_and_titles(
    cli: Cli, trained: Path, small: Dataset, tmp_path: Path
) -> None:
    result = cli("export", "vectors", "-o", "v.npz")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "120 users and 200 films" in result.stderr
    with np.load(tmp_path / "v.npz", allow_pickle=False) as stored:
        assert sorted(stored) == [
            "film_ids", "film_titles", "film_vectors", "similarity_vectors", "user_ids",
            "user_vectors",
        ]  # fmt: skip
        assert stored["user_ids"].tolist() == small.users.ids.tolist()
        assert stored["film_titles"].tolist() == small.films.titles.tolist()
        assert stored["film_vectors"].shape == (200, stored["user_vectors"].shape[1])


def test_the_projector_gets_a_pair_of_files(cli: Cli, trained: Path, tmp_path: Path) -> None:
    result = cli("export", "vectors", "-o", "v.tsv")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "v.tsv" in result.stderr
    assert "v-metadata.tsv" in result.stderr
    vectors = np.loadtxt(tmp_path / "v.tsv", delimiter="\t")
    metadata = (tmp_path / "v-metadata.tsv").read_text(encoding="utf-8").splitlines()
    assert metadata[:2] == ["kind\tid\ttitle", "user\t1\tuser 1"]
    assert metadata[121].startswith("film\t1\t")
    assert len(vectors) == len(metadata) - 1 == 320


def test_parquet_has_a_row_for_each(cli: Cli, trained: Path, tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow.parquet")
    assert cli("export", "vectors", "-o", "v.parquet").exit_code == 0
    rows = arrow.read_table(tmp_path / "v.parquet").to_pylist()
    assert len(rows) == 320
    assert [(rows[at]["kind"], rows[at]["id"]) for at in (0, 120)] == [("user", 1), ("film", 1)]
    assert cli("export", "vectors", "-o", "v.npz").exit_code == 0
    with np.load(tmp_path / "v.npz", allow_pickle=False) as stored:
        assert rows[0]["vector"] == stored["user_vectors"][0].tolist()
        assert rows[319]["vector"] == stored["film_vectors"][199].tolist()
        assert (rows[0]["title"], rows[319]["title"]) == (None, stored["film_titles"][199])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("-o", "v.txt"), 2, "no known format"),
        (("-o", "v.npz", "--run", "two-tower"), 2, "has no vectors"),
    ],
)
def test_wrong_input_is_refused(
    arguments: tuple[str, ...], code: int, message: str, cli: Cli, trained: Path, tmp_path: Path
) -> None:
    result = cli("export", "vectors", *arguments)
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "hint: " in result.stderr
    assert list(tmp_path.glob("v*")) == []
