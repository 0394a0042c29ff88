"""Processes that compute together: one by default, more if torchrun started them."""
