"""A model as one Python module that needs nothing but the standard library: a third reading of TLA+."""

from aioformal.pymodule.module import generate

__all__ = ["generate"]
