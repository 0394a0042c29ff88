"""Training: the loop, its options, its optimizer and its history."""
