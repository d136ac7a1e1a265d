"""Verdicts, the evidence that they carry, and how two of them are joined."""
