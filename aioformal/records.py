"""`dataclass` as the standard library has it, except that methods are compiled when they are first called.

The standard one compiles up to six methods for each class when its module is imported. There are some four
hundred classes here, and a run makes objects of half of them, compares some and shows hardly any: compiling
all that was half of the time that a process took to start. What a class is told by `__dataclass_fields__` and
`__match_args__` is the same, so `fields`, `replace` and `asdict` work.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, fields
from functools import partial
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

Method = Callable[..., Any]
Maker = Callable[[type], Method]


def lazy_dataclass(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> Any:
    """The decorator. Methods that a class has itself stay; it must not use what is not here: order, KW_ONLY,
    InitVar. A class of ours that inherits from a frozen one of the standard library becomes one of these; the
    other way round a frozen one cannot inherit."""

    def decorate(given: type) -> type:
        if any(_is_frozen_standard(base) for base in given.__mro__[1:]):
            standard: Any = dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq)
            return standard(given)
        if given.__doc__ is None:
            # Else the standard library would find the signature of what is not there yet.
            given.__doc__ = given.__name__
        bare: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)
        made: type = bare(given)
        _put(made, "__init__", _compiled_later(made, "__init__", partial(_init_of, frozen=frozen)))
        _put(made, "__repr__", _shown)
        if eq:
            _put(made, "__eq__", _compiled_later(made, "__eq__", _eq_of))
            _put(made, "__hash__", _compiled_later(made, "__hash__", _hash_of) if frozen else None)
        if frozen:
            _freeze(made, slots)
        return made

    return decorate if cls is None else decorate(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = lazy_dataclass


def _is_frozen_standard(cls: type) -> bool:
    return bool(getattr(cls.__dict__.get("__dataclass_params__"), "frozen", False))


def _put(cls: type, name: str, method: object) -> None:
    # Python itself says that there is no __hash__ where a class has an __eq__ of its own.
    if cls.__dict__.get(name) is None:
        setattr(cls, name, method)


def _compiled_later(cls: type, name: str, make: Maker) -> Method:
    """A method that puts another into its place and calls it."""

    def method(self: object, *args: object, **named: object) -> object:
        real = make(cls)
        setattr(cls, name, real)
        return real(self, *args, **named)

    method.__name__, method.__qualname__ = name, f"{cls.__qualname__}.{name}"
    return method


def _compiled(cls: type, name: str, parameters: str, lines: list[str], names: dict[str, object]) -> Method:
    body = "\n ".join(lines or ["pass"])
    found: dict[str, Method] = {}
    exec(f"def {name}({parameters}):\n {body}", {**names, "__name__": cls.__module__}, found)
    found[name].__qualname__ = f"{cls.__qualname__}.{name}"
    return found[name]


def _init_of(cls: type, *, frozen: bool) -> Method:
    names: dict[str, object] = {"MISSING": MISSING, "set_field": object.__setattr__}
    parameters, lines = ["self"], list[str]()
    for field in fields(cls):
        name, value = field.name, field.name
        if field.default_factory is not MISSING:
            names[f"make_{name}"] = field.default_factory
            value = f"make_{name}() if {name} is MISSING else {name}" if field.init else f"make_{name}()"
            parameters += [f"{name}=MISSING"] if field.init else []
        elif field.default is not MISSING:
            names[f"default_{name}"] = field.default
            value = name if field.init else f"default_{name}"
            parameters += [f"{name}=default_{name}"] if field.init else []
        elif field.init:
            parameters.append(name)
        else:
            continue
        lines.append(f"set_field(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    return _compiled(cls, "__init__", ", ".join(parameters), lines, names)


def _values(cls: type, whose: str, *, hashed: bool = False) -> str:
    """The tuple of what is compared."""
    compared = [f for f in fields(cls) if (f.hash if hashed and f.hash is not None else f.compare)]
    return f"({''.join(f'{whose}.{field.name}, ' for field in compared)})"


def _eq_of(cls: type) -> Method:
    same = f"return {_values(cls, 'self')} == {_values(cls, 'other')}"
    lines = [f"if other.__class__ is self.__class__: {same}", "return NotImplemented"]
    return _compiled(cls, "__eq__", "self, other", lines, {})


def _hash_of(cls: type) -> Method:
    return _compiled(cls, "__hash__", "self", [f"return hash({_values(cls, 'self', hashed=True)})"], {})


@recursive_repr()
def _shown(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"


def _freeze(cls: Any, slots: bool) -> None:
    def frozen(self: object, name: str, value: object) -> None:
        if type(self) is cls or name in cls.__dataclass_fields__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def kept(self: object, name: str) -> None:
        if type(self) is cls or name in cls.__dataclass_fields__:
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = frozen, kept
    if slots:
        _put(cls, "__getstate__", _state)
        _put(cls, "__setstate__", _set_state)


def _state(self: Any) -> list[object]:
    """For copies and pickles, as slots that cannot be set need it."""
    return [getattr(self, field.name) for field in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
