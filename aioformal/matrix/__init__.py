"""Many configurations at once: what is expected of each property of each, and what was found.

A data file (`reading.py`, docs/matrix.md) says what to expect; `running.py` proves its rows in parallel;
`comparing.py` finds what differs; `story.py` tells the rows one after the other, with their shortest
counterexamples. `changes.py` compares two configurations, or two versions of a file.
"""
