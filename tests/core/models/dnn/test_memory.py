"""The films that a memory budget is enough for."""

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.dnn import memory
from movierec_cli.core.models.dnn.memory import exact_films, exactness
from movierec_cli.core.parallel.group import Group


def test_three_inverses_fill_what_the_ratings_leave() -> None:
    # 3.85 GB less 0.4 for the program and 0.25 for a million ratings are 3.2 GB
    assert exact_films(3.85, 1_000_000, 50_000) == int((3.2e9 / 12) ** 0.5)
    assert exact_films(3.85, 1_000_000, 3_000) == 3_000


def test_half_of_the_machine_is_the_default_of_which_time_limits_the_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "machine_memory", lambda: 7.7e9)
    assert exact_films(0.0, 1_000_000, 50_000) == memory.HEAD
    monkeypatch.setattr(memory, "machine_memory", lambda: 2e9)
    assert exact_films(0.0, 1_000_000, 50_000) == int((0.35e9 / 12) ** 0.5)


def test_processes_share_the_ratings_and_the_memory_of_their_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    four = Group()
    four.size, four.of_machine = 4, 2  # on two machines
    monkeypatch.setattr(memory, "group", lambda: four)
    monkeypatch.setattr(memory, "machine_memory", lambda: 6e9)
    # each has a fourth of 6 GB, less 0.4 for the program and 0.25 for its million ratings
    assert exact_films(0.0, 4_000_000, 50_000) == int((0.85e9 / 12) ** 0.5)
    assert exact_films(3.85, 4_000_000, 50_000) == int((3.2e9 / 12) ** 0.5)


def test_too_small_a_budget_is_refused_with_the_smallest_that_works() -> None:
    with pytest.raises(UsageError, match=r"0\.5 GB.*1,000,000 ratings") as caught:
        exact_films(0.5, 1_000_000, 50_000)
    assert caught.value.hint == "Give at least: --memory 0.7"
    assert exact_films(0.7, 1_000_000, 50_000) >= 500


def test_the_memory_of_this_machine_is_known() -> None:
    assert 1e8 < memory.machine_memory() < 1e14


@pytest.mark.parametrize(
    ("users", "films", "head", "exact", "temporal"),
    [
        (100, 9_000, 500, "9,000 of 9,000", "500 of 9,000"),  # in the space of the users
        (100, 9_000, 9_000, "9,000 of 9,000", "3,000 of 9,000"),
        (5_000, 9_000, 9_000, "9,000 of 9,000", "9,000 of 9,000"),
        (5_000, 9_000, 500, "500 of 9,000", "500 of 9,000"),
    ],
)
def test_what_is_solved_exactly_is_told(
    users: int, films: int, head: int, exact: str, temporal: str
) -> None:
    assert [*exactness(users, films, head).values()] == [exact, temporal]
