"""The two original networks, as the report describes them."""
