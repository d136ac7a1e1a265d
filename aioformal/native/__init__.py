"""A finite transition system as machine code over packed states.

`layout` says where each slot of a state lies, `branching` turns rules into a tree of decisions, and
two runners execute that one tree: `llvm` as machine code, `interpreted` as Python source, the twin
that debugs it and stands in where there is no compiler. Both visit the same states in the same order.
"""
