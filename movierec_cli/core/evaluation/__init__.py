"""Evaluation: the metrics, and the measurement of a model with them."""
