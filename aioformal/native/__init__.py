"""A finite transition system run over packed states.

`layout` says where each slot of a state lies, `branching` turns rules into a tree of decisions, and
two runners execute that one tree: `llvm_kernel` as machine code, `interpreted` as Python source, the twin
that debugs it and stands in where there is no compiler. Both visit the same states in the same order.
"""
