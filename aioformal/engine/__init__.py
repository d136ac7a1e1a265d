"""Engines: each takes a problem and a budget, and yields progress and findings."""
