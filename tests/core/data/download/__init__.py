"""Tests of `movierec_cli.core.data.download`."""
