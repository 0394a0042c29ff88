"""The two-tower: a rating regressor."""
