"""Film recommendations from MovieLens 100K: look, train, measure, recommend."""

__version__ = "0.1.0"
