"""Measuring a model: metrics, and a scenario measured with them."""
