"""Re-checking evidence with other means than those that produced it."""
