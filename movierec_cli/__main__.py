"""Entry point of ``movierec`` and of ``python -m movierec_cli``."""

from movierec_cli.cli.app import app


def main() -> None:
    """Run the command line."""
    app(prog_name="movierec")


if __name__ == "__main__":
    main()
