"""Refusal of blank values: an option or argument that is typed has a value."""

from typing import Any

from movierec_cli.core.errors import UsageError


def refuse_blank(parameter: Any) -> None:
    """Let ``parameter``, an option or argument of Typer, refuse typed values without a character.

    Defaults and environment variables are not looked at.
    """
    consume = parameter.consume_value

    def consume_value(ctx: Any, opts: Any) -> Any:
        typed = opts.get(parameter.name)
        values = typed if isinstance(typed, list | tuple) else [typed]
        is_blank = any(isinstance(value, str) and not value.strip() for value in values)
        if is_blank and not ctx.resilient_parsing:
            is_option = parameter.param_type_name == "option"
            name = parameter.opts[0] if is_option else parameter.metavar.strip("[].")
            leave_out = "" if parameter.required else ", or leave it out"
            raise UsageError(
                f"The value of {name} is blank.",
                f"Give one{leave_out}. See: {ctx.command_path} --help",
            )
        return consume(ctx, opts)

    parameter.consume_value = consume_value
