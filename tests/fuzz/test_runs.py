"""Damaged runs and checkpoints: every command can use them, or refuses them."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from safetensors.numpy import load, save

from movierec_cli.core.errors import DataError, IntegrityError
from movierec_cli.core.runs.checkpoint import FILE, Checkpoint, load_checkpoint, save_checkpoint
from movierec_cli.core.runs.store import load_run
from tests.cli.conftest import Cli
from tests.core.runs.test_checkpoint import CHECKPOINT
from tests.fuzz.changes import ANYTHING, examples, spoilt_bytes, spoilt_json
from tests.fuzz.conftest import KINDS, name_of

COMMANDS = (
    "runs list",
    "evaluate {0} --k 3 --json",
    "recommend --run {0} --user 3 -n 2",
    "recommend --run {0} --like 7 --dislike 9 --age 30 -n 2 --json",
    "similar 7 --run {0} -n 2",
    "neighbors --user 3 --run {0} -n 2",
    "export vectors --run {0} -o vectors.npz",
)
"""The commands that read a run; exit code 2 where the model cannot serve the command."""

SHOW = ("runs show {0}", "runs show {0} --json", "runs show {0} --format csv")
SHOWN_AND_USED = st.tuples(st.sampled_from(SHOW), st.sampled_from(COMMANDS))
USED = st.tuples(st.sampled_from(COMMANDS), st.just("evaluate {0} --k 3 --json"))


@contextmanager
def copied(home: Path, name: str, patch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Yield the folder of a run in a home of its own, with the data beside it."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(home / "cache", Path(folder) / "cache")
        run = Path(folder) / "data" / "runs" / name
        shutil.copytree(home / "data" / "runs" / name, run)
        patch.setenv("MOVIEREC_HOME", folder)
        yield run


def is_a_run_or_refused(run: Path, cli: Cli, commands: tuple[str, ...]) -> None:
    """Load a run; if it is one, use it with some commands."""
    try:
        load_run(run.name, run.parent)
    except (DataError, IntegrityError) as error:
        assert error.message.startswith("The run ")
        codes = {cli("evaluate", run.name).exit_code, cli("runs", "show", run.name).exit_code}
        assert codes <= {0, 3, 5}  # the manifest alone may be sound
        return
    for command in commands:
        result = cli(*command.format(run.name).split())
        assert result.exit_code in (0, 2, 3, 5), f"{command}: {result.stderr}"
        assert "Traceback" not in result.stderr


def rewrite(run: Path, data: bytes) -> None:
    """Put other weights into a run, as if it had been saved with them."""
    manifest = json.loads((run / "manifest.json").read_bytes())
    manifest["weights"]["sha256"] = hashlib.sha256(data).hexdigest()
    (run / manifest["weights"]["file"]).write_bytes(data)
    (run / "manifest.json").write_text(json.dumps(manifest))


@examples(80)
@given(data=st.data())
def test_a_spoilt_manifest_is_used_or_refused(
    data: st.DataObject, in_tiny_home: Path, cli: Cli
) -> None:
    name = name_of(data.draw(st.sampled_from(KINDS)))
    with pytest.MonkeyPatch.context() as patch, copied(in_tiny_home, name, patch) as run:
        path = run / "manifest.json"
        sound = path.read_bytes()
        content = st.one_of(spoilt_json(json.loads(sound)), ANYTHING)
        encoded = content.map(lambda value: json.dumps(value).encode())
        path.write_bytes(data.draw(st.one_of(encoded, spoilt_bytes(sound))))
        is_a_run_or_refused(run, cli, data.draw(SHOWN_AND_USED))


VALUES = st.one_of(
    st.sampled_from([0.0, -1.0, 1.5, 1e9, 3e38, 1e-30, float("nan"), float("inf")]),
    st.floats(width=32),
)


@st.composite
def spoilt_weights(draw: st.DrawFn, weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Give an array other values, another shape, type or name."""
    changed = dict(weights)
    name = draw(st.sampled_from(sorted(weights)))
    array = weights[name].copy()
    change = draw(st.sampled_from(["value", "shape", "cut", "type", "name"]))
    if change == "value":
        array.flat[draw(st.integers(0, array.size - 1)) :] = draw(VALUES)
    elif change == "shape":
        array = draw(st.sampled_from([array.ravel(), array[None], array.T, array.reshape(-1, 1)]))
    elif change == "cut":
        array = array[: draw(st.integers(0, len(array)))]
    elif change == "type":
        array = array.astype(draw(st.sampled_from([np.float16, np.float64, np.int32, np.bool_])))
    else:
        del changed[name]
        name = draw(st.text(min_size=1, max_size=4))
    changed[name] = array
    return {n: np.ascontiguousarray(w) for n, w in changed.items()}


@examples(45)
@given(data=st.data())
def test_spoilt_weights_are_used_or_refused(
    data: st.DataObject, in_tiny_home: Path, cli: Cli
) -> None:
    name = name_of(data.draw(st.sampled_from(KINDS)))
    with pytest.MonkeyPatch.context() as patch, copied(in_tiny_home, name, patch) as run:
        (path,) = run.glob("*.safetensors")
        sound = path.read_bytes()
        weights = spoilt_weights(load(sound)).map(save)
        rewrite(run, data.draw(st.one_of(weights, weights, spoilt_bytes(sound))))
        is_a_run_or_refused(run, cli, data.draw(USED))


def saved(checkpoint: Checkpoint) -> bytes:
    """Return the bytes of the file of a checkpoint."""
    with tempfile.TemporaryDirectory() as name:
        save_checkpoint(checkpoint, Path(name))
        return (Path(name) / FILE).read_bytes()


SAVED = saved(CHECKPOINT)


@examples(80)
@given(content=st.one_of(spoilt_bytes(SAVED), st.binary()))
@example(content=SAVED[:-1] + b"\0")
@example(content=SAVED.replace(b"original", b"0riginal"))
def test_a_spoilt_checkpoint_is_loaded_unchanged_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / CHECKPOINT.provenance.name
        folder.mkdir()
        (folder / FILE).write_bytes(content)
        try:
            loaded = load_checkpoint(folder)
        except (DataError, IntegrityError) as error:
            assert error.hint
        else:
            assert loaded is not None
            assert loaded.provenance == CHECKPOINT.provenance
            np.testing.assert_equal(loaded.arrays, CHECKPOINT.arrays)
