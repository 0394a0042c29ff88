"""Experiments: training and comparing, with data, models, evaluation and runs."""
