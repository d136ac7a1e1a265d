"""Text to syntax trees and back: modules, expressions, configurations."""

from aioformal.syntax.dump import dump
from aioformal.syntax.parsing import parse_expression, parse_module, parse_with_warnings
from aioformal.syntax.tokens import tokenize
from aioformal.syntax.unparse import unparse

__all__ = ["dump", "parse_expression", "parse_module", "parse_with_warnings", "tokenize", "unparse"]
