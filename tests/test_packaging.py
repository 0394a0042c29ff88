"""The constraint files agree with the requirements of pyproject.toml."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
TESTED_EXTRAS = ("plot", "parquet", "tune")
"""The extra ``text`` is large; its one test is skipped where it is not installed."""


def bounds(requirements: list[str]) -> dict[str, str]:
    """Return the lower bound of each requirement that has a lower bound and nothing else."""
    found = [re.fullmatch(r"([a-z0-9-]+)>=([0-9.]+)", line) for line in requirements]
    return {match[1]: match[2] for match in found if match}


def pins(file: str) -> dict[str, str]:
    """Return the versions in a file of constraints."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    plain = [line for line in lines if line and not line.startswith("#")]
    found = [re.fullmatch(r"([a-z0-9-]+)==([0-9.]+)", line) for line in plain]
    assert all(found)
    return {match[1]: match[2] for match in found if match}


USED = [*PROJECT["dependencies"], *(line for extra in TESTED_EXTRAS for line in EXTRAS[extra])]


def test_every_requirement_has_a_lower_bound_and_no_upper_one() -> None:
    for requirements in (PROJECT["dependencies"], *EXTRAS.values()):
        assert len(bounds(requirements)) == len(requirements)


def test_the_lowest_versions_that_are_tested_are_the_lower_bounds() -> None:
    lowest = pins("constraints-lowest.txt")
    assert {name: lowest[name] for name in bounds(USED)} == bounds(USED)


def test_what_tests_the_lowest_versions_is_what_tests_the_usual_ones() -> None:
    others = pins("constraints-lowest.txt").keys() - bounds(USED).keys() - {"pyparsing"}
    assert others
    usual = pins("constraints.txt")
    assert {name: pins("constraints-lowest.txt")[name] for name in others} == {
        name: usual[name] for name in others
    }


@pytest.mark.parametrize("extra", ["", "dev", *TESTED_EXTRAS])
def test_every_requirement_is_pinned_at_or_above_its_lower_bound(extra: str) -> None:
    def number(version: str) -> list[int]:
        return [int(part) for part in version.split(".")]

    usual = pins("constraints.txt")
    for name, bound in bounds(EXTRAS[extra] if extra else PROJECT["dependencies"]).items():
        assert number(usual[name]) >= number(bound), name
