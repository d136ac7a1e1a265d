"""From files to a model: modules loaded, names bound, levels known, the configuration applied."""

from aioformal.resolve.bind import bind, configure, default_config, load_flat, load_model
from aioformal.resolve.dump import dump_flat, dump_model
from aioformal.resolve.flatten import flatten
from aioformal.resolve.loading import LoadedModules, load_module, read_source
from aioformal.resolve.model import Level, Model

__all__ = [
    "Level",
    "LoadedModules",
    "Model",
    "bind",
    "configure",
    "default_config",
    "dump_flat",
    "dump_model",
    "flatten",
    "load_flat",
    "load_model",
    "load_module",
    "read_source",
]
