"""From the text of a plan's functions to addresses that can be called."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from msgspec import Struct

from aioformal.native.llvm import compile_beside, compile_text
from aioformal.native.llvm_functions import functions_of
from aioformal.native.llvm_runtime import form_of, runtime_of
from aioformal.native.llvm_symmetry import symmetry_functions
from aioformal.native.llvm_view import view_functions
from aioformal.native.plan import Plan, TooMuchCodeError
from aioformal.native.ready_made import declarations_for, has_object_code, object_code

U64 = ctypes.c_uint64
POINTER = ctypes.c_void_p

T = TypeVar("T")

PATIENCE = 0.1
"""Seconds after which a thread that waits for code notices that it is interrupted."""


class Code(Struct, frozen=True):
    """The functions of one compilation, which took so many seconds. `engine` keeps them in memory."""

    engine: Any
    seconds: float
    begin: Callable[[int, int], int]
    run: Callable[[int, int, int], int]
    look: Callable[[int, int, int], int]
    test: Callable[[int, int], None]
    represent: Callable[[int, int], None]
    rehash: Callable[[int, int, int], None]
    digest: Callable[[int, int], int]
    renumber: Callable[[int, int, int, int, int, int], None]


MOST_LINES = 1_000_000
"""Lines of code beyond which nothing is compiled: it takes minutes at best."""


def text_of(plan: Plan) -> str:
    """The functions of a plan, as LLVM assembly; the runtime's go with them. Raises `TooMuchCodeError`."""
    symmetry = "" if plan.symmetry is None else symmetry_functions(plan.layout, plan.symmetry)
    view = "" if plan.view is None else view_functions(plan.layout, plan.view, plan.view_troubles)
    text = functions_of(plan) + symmetry + view
    lines = text.count("\n")
    if lines > MOST_LINES:
        raise TooMuchCodeError(f"it would take {lines:,} lines of code, and minutes to compile them")
    return text


def interruptible(make: Callable[[], T]) -> T:
    """What `make` returns. A compilation of much code takes minutes and cannot be broken off; but when the
    main thread is interrupted, it need not wait for it. The other thread ends by itself."""
    if threading.current_thread() is not threading.main_thread():
        return make()
    made: list[T] = []
    problems: list[Exception] = []

    def run() -> None:
        try:
            made.append(make())
        except Exception as problem:
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive():
        thread.join(PATIENCE)
    if problems:
        raise problems[0]
    return made[0]


def function_at(engine: Any, name: str, result: Any, *arguments: Any) -> Any:
    """A function of compiled code. The engine must outlive it."""
    return ctypes.CFUNCTYPE(result, *arguments)(engine.get_function_address(name))


def compile_plan(plan: Plan, level: int, text: str | None = None) -> Code:
    """Machine code for a plan. At level 0 the specification's functions are compiled fast and go with the
    runtime's, which are ready-made where that can be; at all others everything is compiled as one."""
    form = form_of(plan)
    own = text_of(plan) if text is None else text
    ready = object_code(form) if level == 0 and has_object_code(form) else None
    started = time.monotonic()
    if ready is None:
        engine = interruptible(lambda: compile_text(runtime_of(form) + own, level))
    else:
        engine = interruptible(lambda: compile_beside(own + declarations_for(form), ready))
    return _code_of(engine, time.monotonic() - started)


def _code_of(engine: Any, seconds: float) -> Code:
    return Code(
        engine,
        seconds,
        function_at(engine, "begin", U64, POINTER, POINTER),
        function_at(engine, "run", U64, POINTER, POINTER, U64),
        function_at(engine, "look", U64, POINTER, POINTER, POINTER),
        function_at(engine, "test", None, POINTER, POINTER),
        function_at(engine, "represent", None, POINTER, U64),
        function_at(engine, "rehash", None, POINTER, U64, U64),
        function_at(engine, "digest", U64, POINTER, U64),
        function_at(engine, "renumber", None, POINTER, POINTER, U64, POINTER, U64, U64),
    )
