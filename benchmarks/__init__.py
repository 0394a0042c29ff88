"""Measurements beside other libraries; see README.md."""
