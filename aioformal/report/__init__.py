"""What a run has found, and how it is shown: terminal, JSON, ITF."""
