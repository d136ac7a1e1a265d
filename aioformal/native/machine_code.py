"""From the text of a plan's functions to addresses that can be called."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from aioformal.native.llvm_runtime import runtime_of
from aioformal.native.llvm_symmetry import symmetry_functions
from aioformal.native.llvm_tree import functions_of
from aioformal.native.llvm_view import view_functions
from aioformal.native.plan import Plan, TooMuchCodeError

# It has no type information of its own.
llvm: Any = import_module("llvmlite.binding")

U64 = ctypes.c_uint64
POINTER = ctypes.c_void_p

T = TypeVar("T")

PATIENCE = 0.1
"""Seconds after which a thread that waits for code notices that it is interrupted."""


@dataclass(frozen=True)
class Code:
    """The functions of one compilation. `engine` keeps them in memory."""

    engine: Any
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
    """The whole module, as LLVM assembly. Raises `TooMuchCodeError`."""
    symmetry = "" if plan.symmetry is None else symmetry_functions(plan.layout, plan.symmetry)
    view = "" if plan.view is None else view_functions(plan.layout, plan.view, plan.view_troubles)
    text = runtime_of(plan) + functions_of(plan) + symmetry + view
    lines = text.count("\n")
    if lines > MOST_LINES:
        raise TooMuchCodeError(f"it would take {lines:,} lines of code, and minutes to compile them")
    return text


@cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()


def compile_text(text: str, level: int) -> Any:
    """A module in executable memory, optimized at a level from 0 to 3."""
    _initialize()
    module = llvm.parse_assembly(text)
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=level, jit=True
    )
    if level:
        options = llvm.create_pipeline_tuning_options(speed_level=level)
        builder = llvm.create_pass_builder(target, options)
        builder.getModulePassManager().run(module, builder)
    engine = llvm.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return engine


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
    """Machine code for a plan."""
    whole = text_of(plan) if text is None else text
    engine = interruptible(lambda: compile_text(whole, level))
    return Code(
        engine,
        function_at(engine, "begin", U64, POINTER, POINTER),
        function_at(engine, "run", U64, POINTER, POINTER, U64),
        function_at(engine, "look", U64, POINTER, POINTER, POINTER),
        function_at(engine, "test", None, POINTER, POINTER),
        function_at(engine, "represent", None, POINTER, U64),
        function_at(engine, "rehash", None, POINTER, U64, U64),
        function_at(engine, "digest", U64, POINTER, U64),
        function_at(engine, "renumber", None, POINTER, POINTER, U64, POINTER, U64, U64),
    )
