"""What runs and profiles may be called: names that are a file name on every platform."""

import re

from movierec_cli.core.errors import UsageError

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


def check_name(name: str, what: str) -> str:
    """Return ``name`` if ``what``, such as a run, can be called so.

    Raises
    ------
    UsageError
        If it has other characters than letters, digits, dots, dashes and underscores.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a {what}.",
            f"Use letters, digits, dots, dashes and underscores, for example: my-{what}",
        )
    return name
