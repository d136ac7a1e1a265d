"""Text to syntax trees and back: modules, expressions, configurations."""

from aioformal.syntax.parsing import parse_expression, parse_module
from aioformal.syntax.tokens import tokenize

__all__ = ["parse_expression", "parse_module", "tokenize"]
