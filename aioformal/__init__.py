"""aioformal: reads TLA+, and answers with evidence."""

__version__ = "0.1.0"
