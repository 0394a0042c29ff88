"""Readers of file layouts, one module for each; what they share is in `tables` and `assemble`."""
