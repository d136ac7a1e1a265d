"""Model -> shapes -> transition system: the symbolic reading of the language."""

from aioformal.encode.encoding import Encoding, encode_actions, encode_model
from aioformal.encode.growth import widen_shapes
from aioformal.encode.infer import QUICK, infer_shapes
from aioformal.encode.shapes import Shape, Shapes

__all__ = [
    "QUICK",
    "Encoding",
    "Shape",
    "Shapes",
    "encode_actions",
    "encode_model",
    "infer_shapes",
    "widen_shapes",
]
