"""A profile is read as it was saved, or refused with the reason."""

import json
from pathlib import Path

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.recommend.profiles import (
    Profile,
    list_profiles,
    load_profile,
    make_profile,
    remove_profile,
    save_profile,
)
from movierec_cli.core.recommend.query import UNKNOWN, Demographics


def test_a_profile_is_saved_read_and_removed(tmp_path: Path) -> None:
    profile = Profile("by-hand", {"10": 4.5}, ("30",), age=30, gender="F", zip_code="01234")
    save_profile("ann", profile, tmp_path)
    assert load_profile("ann", tmp_path) == profile
    assert list_profiles(tmp_path) == ["ann"]
    stored = json.loads((tmp_path / "ann.json").read_bytes())
    assert (stored["schema"], stored["name"], stored["ratings"]) == (1, "ann", {"10": 4.5})
    assert stored["seen"] == ["30"]
    remove_profile("ann", tmp_path)
    assert list_profiles(tmp_path) == []


def test_ratings_and_demographics_become_a_profile_and_the_same_again(small: Dataset) -> None:
    typed = Demographics(age=30, gender="F", occupation=small.occupations[3], zip_code="01234")
    profile = make_profile(small, {2: 4.1, 0: 1.0}, typed, seen={0, 5})
    assert (profile.dataset, profile.ratings) == (small.name, {"3": 4.1, "1": 1.0})
    assert profile.film_ratings(small) == {2: 4.1, 0: 1.0}
    assert profile.seen_films(small) == {5}  # the rated one is not only seen
    assert UNKNOWN.over(profile) == typed


def test_a_profile_of_other_films_is_refused(small: Dataset) -> None:
    with pytest.raises(UsageError, match="films of ml-100k") as caught:
        Profile("ml-100k", {"1": 5.0}).film_ratings(small)
    assert "--dataset ml-100k" in caught.value.hint
    with pytest.raises(UsageError, match="film 999"):
        Profile(small.name, {"999": 5.0}).film_ratings(small)
    with pytest.raises(UsageError, match="film 999"):
        Profile(small.name, seen=("999",)).seen_films(small)


def test_a_profile_without_seen_films_is_read(tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text(profile())
    assert load_profile("ann", tmp_path).seen == ()


def test_an_error_about_a_missing_profile_lists_the_others(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_profile("bob", tmp_path)
    assert "--save-profile bob" in caught.value.hint
    save_profile("ann", Profile("by-hand"), tmp_path)
    for call in (load_profile, remove_profile):
        with pytest.raises(DataError, match="no profile 'bob'") as caught:
            call("bob", tmp_path)
        assert caught.value.hint == "There are: ann"


def test_a_profile_name_is_a_file_name(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be the name"):
        save_profile("../ann", Profile("by-hand"), tmp_path)


def profile(**changed: object) -> str:
    """Return the text of a sound profile with other values in some fields."""
    sound = {
        "dataset": "by-hand", "ratings": {"10": 4.5}, "age": 30, "gender": "F",
        "occupation": None, "zip_code": "01234",
    }  # fmt: skip
    return json.dumps(sound | changed)


@pytest.mark.parametrize(
    "content",
    [
        "", "[]", "{}", "null", "[" * 100_000, '{"ratings": [1]}',
        profile(dataset=3), profile(ratings=[[10, 4]]), profile(ratings={"": 4}),
        profile(ratings={"10": 9}), profile(ratings={"10": "4"}), profile(seen="10"),
        profile(seen=[10]), profile(age="30"), profile(age=0), profile(gender=["F"]),
    ],
)  # fmt: skip
def test_a_damaged_profile_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text(content)
    with pytest.raises(IntegrityError, match=r"'ann' is damaged.*ann\.json") as caught:
        load_profile("ann", tmp_path)
    assert caught.value.hint.endswith("movierec profiles import ann FILE --force")
    remove_profile("ann", tmp_path)


def test_what_cannot_be_read_is_not_called_damaged(tmp_path: Path) -> None:
    (tmp_path / "ann.json").mkdir()  # whoever runs the tests cannot read it as a file
    for call in (load_profile, remove_profile):
        with pytest.raises(DataError, match=r"ann\.json cannot be") as caught:
            call("ann", tmp_path)
        assert "MOVIEREC_HOME=FOLDER" in caught.value.hint
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match="file cannot be read"):
        list_profiles(tmp_path / "file")
