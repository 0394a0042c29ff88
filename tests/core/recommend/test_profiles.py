"""People who are remembered: as they were, or refused with the reason."""

import json
from pathlib import Path

import pytest

from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.recommend.profiles import (
    list_profiles,
    load_profile,
    remove_profile,
    save_profile,
)
from movierec_cli.core.recommend.query import Answers


def test_a_profile_is_remembered_and_forgotten(tmp_path: Path) -> None:
    told = Answers("by-hand", {10: 4.5}, 30, "F", None, "01234")
    save_profile("ann", told, tmp_path)
    assert load_profile("ann", tmp_path) == told
    assert list_profiles(tmp_path) == ["ann"]
    remove_profile("ann", tmp_path)
    assert list_profiles(tmp_path) == []


def test_a_profile_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_profile("bob", tmp_path)
    assert "--save-profile bob" in caught.value.hint
    save_profile("ann", Answers("by-hand"), tmp_path)
    for call in (load_profile, remove_profile):
        with pytest.raises(DataError, match="no profile 'bob'") as caught:
            call("bob", tmp_path)
        assert caught.value.hint == "There are: ann"


@pytest.mark.parametrize("name", ["", "../ann", "a b", ".ann", "x" * 81])
def test_a_profile_cannot_have_any_name(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        save_profile(name, Answers("by-hand"), tmp_path)


def profile(**changed: object) -> str:
    """Return a profile as it is written, with something else in some fields."""
    sound = {
        "dataset": "by-hand", "ratings": {"10": 4.5}, "age": 30, "gender": "F",
        "occupation": None, "zip_code": "01234",
    }  # fmt: skip
    return json.dumps(sound | changed)


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", "null", "[" * 100_000, '{"ratings": [1]}',
        profile(dataset=3), profile(ratings=[[10, 4]]), profile(ratings={"ten": 4}),
        profile(ratings={"10": 9}), profile(ratings={"10": "4"}), profile(ratings={"10": True}),
        profile(ratings={"10": float("nan")}), profile(ratings={"9" * 30: 4}),
        profile(ratings={"10": 10**400}), profile(age="30"), profile(age=0), profile(age=10**30),
        profile(age=True), profile(gender=["F"]), profile(occupation=1), profile(zip_code=1234),
    ],
)  # fmt: skip
def test_a_damaged_profile_is_told(content: str, tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text(content)
    with pytest.raises(IntegrityError, match="'ann' is damaged") as caught:
        load_profile("ann", tmp_path)
    assert caught.value.hint == "Remove it with: movierec profiles remove ann"
    remove_profile("ann", tmp_path)
