"""The terminal: the only place that knows Typer and Rich."""
