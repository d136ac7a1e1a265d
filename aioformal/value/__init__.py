"""What TLA+ values are, and the built-in operators on them."""
