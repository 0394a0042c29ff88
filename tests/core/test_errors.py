"""An error says what is wrong and what to do, and has the exit code of its kind."""

import pytest

from movierec_cli.core import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.MovierecError, 1),
        (errors.UsageError, 2),
        (errors.DataError, 3),
        (errors.NetworkError, 4),
        (errors.IntegrityError, 5),
    ],
)
def test_each_kind_has_its_exit_code(kind: type[errors.MovierecError], code: int) -> None:
    error = kind("It broke.", "Mend it.")
    assert (error.exit_code, error.message, error.hint) == (code, "It broke.", "Mend it.")
    assert str(error) == "It broke."
    assert isinstance(error, errors.MovierecError)


def test_a_hint_can_be_missing() -> None:
    assert errors.DataError("It broke.").hint == ""
