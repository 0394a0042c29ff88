"""The models and the baselines that they are read against."""
