"""The recommender: it never prints, never exits, and knows nothing of the terminal."""
