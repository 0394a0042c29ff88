"""A group of one process, and the sums, turns and trainings of two and three processes."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import movierec_cli
from movierec_cli.core.parallel.group import ALONE, group, join, program, require_one
from tests.core.parallel import worker

ROOT = Path(movierec_cli.__file__).parents[1]
WORKER = "tests.core.parallel.worker"
TOLERANCE = 1e-4
"""The difference between numbers of processes, relative in the Euclidean norm."""


def difference(found: Any, expected: Any) -> float:
    return float(np.linalg.norm(found - expected) / max(np.linalg.norm(expected), 1e-6))


def free_port() -> str:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return str(place.getsockname()[1])


@pytest.fixture(scope="session", params=[2, 3])
def together(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of two and of three processes, started by the variables of torchrun."""
    size, results = request.param, tmp_path_factory.mktemp("together") / "results.npz"
    shared = {**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"}
    place = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": free_port(), "WORLD_SIZE": str(size)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", WORKER, str(results)],
            cwd=ROOT,
            env={**shared, **place, "RANK": str(rank), "LOCAL_RANK": str(rank)},
        )
        for rank in range(size)
    ]
    assert [process.wait(timeout=120) for process in processes] == [0] * len(processes)
    with np.load(results, allow_pickle=False) as stored:
        return size, results, dict(stored)


@pytest.fixture(scope="session")
def alone() -> dict[str, Any]:
    """The results of this process."""
    dataset = worker.tall()
    return {
        **worker.of_closed_form(dataset),
        **worker.of_training(worker.trained(dataset), dataset),
    }


def test_without_torchrun_a_process_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORLD_SIZE", "2")  # without a rank
    assert join() is group() is ALONE
    assert ALONE.share(7) == slice(0, 7)
    require_one("anything")
    assert program(ALONE.size) == "movierec"
    assert program(2) == "torchrun --standalone --nproc-per-node 2 -m movierec_cli"


def test_sums_are_over_all_processes(together: Any) -> None:
    size, _, found = together
    numbers = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(found["sum"], numbers * size * (size + 1) / 2)
    np.testing.assert_array_equal(found["sum by columns"], numbers * size)
    assert found["sum of integers"] == size * (size + 1) // 2


def test_results_come_in_order_and_every_row_has_one_process(together: Any) -> None:
    _, _, found = together
    expected = [(*[n] * n, n, "x" * n, None) for n in range(7)]
    assert found["turns"].tolist() == [repr(result) for result in expected]
    assert found["shares"].tolist() == [1] * 10
    assert found["later"] == 5
    assert found["least"] == 13 - together[0]


def test_what_differs_between_the_processes_is_refused(together: Any) -> None:
    assert together[2]["difference"] == "The processes read different words."


def test_data_is_read_by_the_first_process_of_a_machine_before_the_others(together: Any) -> None:
    assert together[2]["prepared"].tolist() == [False] + [True] * (together[0] - 1)


def test_all_end_with_the_failure_of_the_first_that_fails(together: Any) -> None:
    size, _, found = together
    assert found["exit codes"].tolist() == [3] * size


def test_the_first_process_holds_locks_and_writes(together: Any) -> None:
    _, results, found = together
    assert found["holds"]
    assert found["acted"] == 0
    assert found["written"] == 960  # in all processes
    assert [path.name for path in sorted(results.parent.iterdir())] == [
        "prepared", "results.0.csv", results.name,
    ]  # fmt: skip
    worker.of_recommendations(worker.tall(), results.with_suffix(".alone.csv"))
    written = results.with_suffix(".0.csv").read_bytes()
    assert results.with_suffix(".alone.csv").read_bytes() == written
    results.with_suffix(".alone.csv").unlink()


def test_closed_form_components_are_those_of_one_process(
    together: Any, alone: dict[str, Any]
) -> None:
    for name in ("item-item", "cold start"):
        assert difference(together[2][name], alone[name]) < TOLERANCE, name


def test_a_training_is_that_of_one_process_to_a_tolerance(
    together: Any, alone: dict[str, Any]
) -> None:
    _, _, found = together
    np.testing.assert_allclose(found["losses"], alone["losses"], rtol=1e-5)
    np.testing.assert_allclose(found["metrics"], alone["metrics"], rtol=1e-3)
    for name in ("scores", "like probabilities"):
        assert difference(found[name], alone[name]) < TOLERANCE, name


def test_as_many_processes_give_the_same_bits_again(together: Any) -> None:
    assert together[2]["same bits"]


def test_one_process_computes_for_two_items_at_a_time_and_keeps_their_order() -> None:
    both, begun = threading.Barrier(2, timeout=30), []

    def compute(item: int) -> tuple[int]:
        begun.append(item)
        if item < 2:
            both.wait()  # for the other of the first two items
        return (item * item,)

    results = ALONE.in_turns(compute, range(100))
    assert next(results) == (0,)
    assert len(begun) <= 4  # no more results are waiting than needed
    assert [value for (value,) in results] == [item * item for item in range(1, 100)]


def test_an_error_in_one_of_several_turns_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(ALONE.in_turns(lambda item: (1 // (item - 5),), range(10)))
