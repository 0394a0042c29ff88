"""Readers of file layouts, one module for each."""
