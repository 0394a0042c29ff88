"""Recommendations: queries, filters, ranked lists, similar films and users, and their files."""
