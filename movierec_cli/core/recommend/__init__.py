"""Recommending: from what a person names to a list of films."""
