"""The reference semantics: evaluate expressions, enumerate states and steps, explain violations."""

from aioformal.concrete.behaviour import ActionLabel, Blame, Trace
from aioformal.concrete.fault import EvaluationError
from aioformal.concrete.program import Program, Step, compile_model

__all__ = ["ActionLabel", "Blame", "EvaluationError", "Program", "Step", "Trace", "compile_model"]
