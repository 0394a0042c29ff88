"""``movierec cache`` lists, verifies and removes the cached data."""

import io
import json
from pathlib import Path

import pytest

from movierec_cli.cli import cache as command
from movierec_cli.cli import confirm
from movierec_cli.core.data import install, registry
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.paths import Paths
from tests.cli.conftest import Cli
from tests.conftest import SMALL
from tests.helpers import names, tiny_contents, write_zip


@pytest.fixture
def filled(tiny: dict[str, bytes], paths: Paths, tmp_path: Path) -> Paths:
    """A cache with the tiny archive and its prepared form; a run and a profile beside it."""
    install.bring(EDITIONS["ml-100k"], write_zip(tmp_path / "mine.zip", tiny), paths)
    for path in (paths.runs / "dnn" / "manifest.json", paths.profiles / "ann.json"):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"precious")
    return paths


def test_info_lists_files_and_their_total(cli: Cli, filled: Paths) -> None:
    content = json.loads(cli("cache", "info", "--json").stdout)
    archive, prepared = filled.cache / "ml-100k.zip", filled.cache / "ml-100k.safetensors"
    assert content == {
        "schema": 1,
        "folder": str(filled.cache),
        "bytes": archive.stat().st_size + prepared.stat().st_size,
        "entries": [
            {
                "dataset": "ml-100k",
                "kind": kind,
                "state": "kept",
                "bytes": path.stat().st_size,
                "path": str(path),
            }
            for kind, path in (("prepared", prepared), ("archive", archive))
        ],
    }


def test_info_is_a_table_for_people(cli: Cli, filled: Paths) -> None:
    (filled.cache / ".ml-100k.zip.abcd1234.part").write_bytes(bytes(1_234_567))
    result = cli("cache", "info")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("Cache: 3 files, 1.2 MB")
    (unfinished,) = [line for line in lines if ".part" in line]
    for cell in ("ml-100k", "being written", "1.2 MB", ".ml-100k.zip.abcd1234.part"):
        assert cell in unfinished
    assert f"Folder: {filled.cache}" in lines


@pytest.mark.parametrize("action", [["info"], ["verify"], ["clear"]])
def test_an_empty_cache_is_no_failure_and_names_the_download(
    action: list[str], cli: Cli, paths: Paths
) -> None:
    result = cli("cache", *action)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "nothing" in result.stdout
    assert "movierec download" in result.stdout
    content = json.loads(cli("cache", *action, "--json").stdout)
    assert (content["bytes"], content["entries"]) == (0, [])


def test_an_intact_cache_verifies(cli: Cli, filled: Paths) -> None:
    result = cli("cache", "verify")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Cache, verified: 2 files, ")
    entries = json.loads(cli("cache", "verify", "--json").stdout)["entries"]
    assert [(e["kind"], e["state"], e["damage"]) for e in entries] == [
        ("prepared", "ok", None),
        ("archive", "ok", None),
    ]
    assert entries[0]["checksum"] == entries[1]["checksum"]


def test_damage_ends_with_code_five_and_the_commands_that_fix_it(cli: Cli, filled: Paths) -> None:
    registry.load_dataset(SMALL, filled)
    write_zip(filled.cache / "ml-100k.zip", tiny_contents(u_user=b""))
    registry.prepared_path(SMALL, filled).write_bytes(b"damaged")
    fixes = ["movierec download ml-100k --force", f"movierec eda ratings --dataset {SMALL}"]
    result = cli("cache", "verify")
    assert result.exit_code == 5
    assert result.stdout.count("damaged") >= 2
    assert "u.user" in result.stdout
    assert f"ml-100k.zip, {SMALL}.safetensors" in result.stderr
    assert result.stderr.endswith(f"{' && '.join(fixes)}\n")
    as_json = cli("cache", "verify", "--json")
    assert as_json.exit_code == 5
    damaged = [e for e in json.loads(as_json.stdout)["entries"] if e["state"] == "damaged"]
    assert [(e["fix"], e["checksum"]) for e in damaged] == [(fix, None) for fix in fixes]


def test_a_dry_run_only_shows(cli: Cli, filled: Paths) -> None:
    content = json.loads(cli("cache", "clear", "--dry-run", "--json").stdout)
    assert content["dry_run"] is True
    assert content["bytes"] == sum(path.stat().st_size for path in filled.cache.iterdir())
    assert names(filled.cache) == ["ml-100k.safetensors", "ml-100k.zip"]


def test_clear_removes_data_and_never_runs_profiles_or_what_is_being_written(
    cli: Cli, filled: Paths
) -> None:
    part = filled.cache / ".ml-100k.zip.abcd1234.part"
    part.write_bytes(b"half")
    result = cli("cache", "clear", "-y")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("Removed: 2 files, ")
    assert names(filled.cache) == [part.name]
    assert (filled.runs / "dnn" / "manifest.json").exists()
    assert (filled.profiles / "ann.json").exists()


def test_without_a_terminal_and_without_yes_nothing_is_removed(cli: Cli, filled: Paths) -> None:
    result = cli("cache", "clear")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "imported data stay" in result.stderr
    assert result.stderr.endswith("hint: Add --yes, which confirms it.\n")
    assert names(filled.cache) == ["ml-100k.safetensors", "ml-100k.zip"]


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (" Yes\n", []),
        ("\n", ["ml-100k.safetensors", "ml-100k.zip"]),
        ("", ["ml-100k.safetensors", "ml-100k.zip"]),
    ],
    ids=["yes", "no", "end of input"],
)
def test_at_a_terminal_only_a_yes_removes(
    answer: str,
    kept: list[str],
    filled: Paths,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(confirm.sys, "stdin", terminal)
    command.clear()
    assert names(filled.cache) == kept
    shown = capsys.readouterr()
    assert "2 files, " in shown.err
    assert bool(shown.out) is not bool(kept)
