"""``movierec runs show``: facts, metrics and curves, in the terminal, piped and drawn."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from movierec_cli.cli.curves import draw_curves
from movierec_cli.core.runs.store import load_manifest
from tests.cli.conftest import Cli, Command


def epochs(*losses: float, kept: int = 1, **validation: list[float]) -> list[dict[str, Any]]:
    return [
        {
            "number": number,
            "train": {"loss": loss},
            "validation": {name: values[number - 1] for name, values in validation.items()},
            "is_kept": number == kept,
            "seconds": 0.1,
        }
        for number, loss in enumerate(losses, start=1)
    ]


def test_training_and_validation_stand_side_by_side_on_one_scale() -> None:
    lines = draw_curves(epochs(4.0, 2.0, 1.0, kept=2, loss=[3.0, 2.0, 2.5]), fine=True)
    title, top, *_, bottom, axis, ends = lines
    assert title.split("  ")[-1].strip() == "total loss, validation"
    assert "total loss, training" in title
    assert top.count("4 │") == 2
    assert bottom.count("1 │") == 2
    assert axis.count("▲") == 2
    assert "4 → 1" in ends
    assert "3 → 2.5000 (best: 2)" in ends


def test_a_falling_curve_falls() -> None:
    lines = draw_curves(epochs(4.0, 3.0, 2.0, 1.0), fine=False)
    rows = [line.partition("|")[2] for line in lines if "|" in line]
    assert len(rows) == 4
    assert [row.find("*") for row in rows] == sorted(row.find("*") for row in rows)
    assert rows[0].startswith("*")
    assert len(rows[-1]) == 28


@pytest.mark.parametrize("fine", [True, False])
def test_curves_fit_80_columns(fine: bool) -> None:
    many = epochs(*[123456.7 / n for n in range(1, 150)], kept=149, ndcg=[0.1 * n for n in
                  range(149)])  # fmt: skip
    lines = draw_curves(many, fine)
    assert max(map(len, lines)) <= 80
    assert "149" in "".join(lines)
    assert fine or "".join(lines).isascii()


def test_a_constant_and_a_single_epoch_can_be_drawn() -> None:
    flat = draw_curves(epochs(2.0, 2.0), fine=True)
    assert "2 → 2" in flat[-1]
    single = draw_curves(epochs(2.0), fine=True)
    assert single[-1].strip() == "2"
    assert draw_curves([], fine=True) == []


def test_the_table_shows_facts_metrics_and_curves(cli: Cli, trained: Path) -> None:
    result = cli("runs", "show", "dnn")
    assert (result.exit_code, result.stderr) == (0, "")
    for text in ("made-up data", "config: gamma", "cold-start", "fold-in", "NDCG"):
        assert text.lower() in result.stdout.lower()
    for name in ("total loss", "classifier loss", "vector loss", "accuracy"):
        assert f"{name}, training" in result.stdout
        assert f"{name}, validation" in result.stdout
    assert "▲ the epoch whose weights were kept" in result.stdout


def test_an_encoding_without_the_characters_gets_ascii(command: Command, trained: Path) -> None:
    done = command("runs", "show", "dnn", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    curves = done.stdout.partition("Training\n")[2]
    assert curves.isascii()
    assert "^ the epoch whose weights were kept" in curves
    assert "?" not in curves


def test_json_is_the_whole_manifest(cli: Cli, trained: Path) -> None:
    content = json.loads(cli("runs", "show", "dnn", "--json").stdout)
    manifest, _ = load_manifest("dnn", trained)
    assert content["epochs"] == [dict(epoch) for epoch in manifest.epochs]
    assert content["config"] == manifest.config


def test_csv_has_a_row_for_each_epoch(cli: Cli, trained: Path) -> None:
    text = cli("runs", "show", "dnn", "--format", "csv").stdout
    rows = list(csv.DictReader(io.StringIO(text.partition("# epochs\n")[2])))
    manifest, _ = load_manifest("dnn", trained)
    assert len(rows) == len(manifest.epochs) == 1
    assert float(rows[0]["train_loss"]) == manifest.epochs[0]["train"]["loss"]
    assert "│" not in text


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_the_curves_are_drawn_to_a_file(
    suffix: str, cli: Cli, trained: Path, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib")
    target = tmp_path / f"curves.{suffix}"
    result = cli("runs", "show", "two-tower", "--plot", str(target))
    assert result.exit_code == 0
    assert str(target) in result.stderr.replace("\n", "")
    assert target.stat().st_size > 1000


def test_another_kind_of_file_is_refused(cli: Cli, trained: Path) -> None:
    result = cli("runs", "show", "dnn", "--plot", "curves.pdf")
    assert (result.exit_code, result.stdout) == (2, "")
