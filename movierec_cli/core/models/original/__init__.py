"""The two networks of the report as it describes them."""
