"""Text to syntax trees and back: modules, expressions, configurations."""

from aioformal.syntax.dump import dump
from aioformal.syntax.parsing import layout_warnings, parse_expression, parse_module
from aioformal.syntax.tokens import tokenize
from aioformal.syntax.unparse import unparse

__all__ = ["dump", "layout_warnings", "parse_expression", "parse_module", "tokenize", "unparse"]
