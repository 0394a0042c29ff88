"""Training and comparing: where data, models, evaluation and runs meet."""
