"""Runs: trained models on disk."""
