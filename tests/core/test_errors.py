"""Each kind of error has its exit code, a message and perhaps a hint."""

import pytest

from movierec_cli.core import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.MovierecError, 1),
        (errors.UsageError, 2),
        (errors.DataError, 3),
        (errors.DivergedError, 3),
        (errors.NetworkError, 4),
        (errors.IntegrityError, 5),
        (errors.InterruptionError, 130),
    ],
)
def test_each_kind_has_its_exit_code(kind: type[errors.MovierecError], code: int) -> None:
    error = kind("It broke.", "Fix it.")
    assert (error.exit_code, error.message, error.hint) == (code, "It broke.", "Fix it.")
    assert str(error) == "It broke."
    assert isinstance(error, errors.MovierecError)
    assert kind("It broke.").hint == ""
