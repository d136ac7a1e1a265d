"""What is asked of LLVM: text to modules, modules to better ones, and to code."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from aioformal.native.llvm_tree import PASSED_OVER

# It has no type information of its own.
binding: Any = import_module("llvmlite.binding")


@cache
def _initialize() -> None:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()


def module_of(text: str) -> Any:
    """Raises `RuntimeError` for text that is no LLVM assembly."""
    _initialize()
    return binding.parse_assembly(text)


def target_machine(level: int) -> Any:
    """This machine, for code of a level from 0 to 3."""
    _initialize()
    return binding.Target.from_default_triple().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=level,
        jit=True,
    )


def improve(module: Any, target: Any) -> None:
    """Runs optimizations over a module. These few take half the time of what compilers call level 2, and the
    code is as fast: most of it has no loops, whoever writes it down computes nothing twice, and what there is
    to gain is gained by putting instructions together."""
    passes = binding.create_new_module_pass_manager()
    passes.add_always_inliner_pass()
    passes.add_sroa_pass()
    passes.add_simplify_cfg_pass()
    passes.add_instruction_combine_pass()
    passes.add_loop_rotate_pass()
    passes.add_simplify_cfg_pass()
    passes.run(module, binding.create_pass_builder(target, binding.create_pipeline_tuning_options()))


def compile_text(text: str, level: int) -> Any:
    """A module in executable memory. Code of a level from 1 to 3 is optimized."""
    module, target = module_of(text), target_machine(level)
    if level:
        improve(module, target)
    if PASSED_OVER in text:
        module = module_of(_cared_for(str(module)))
    engine = binding.create_mcjit_compiler(module, target)
    engine.finalize_object()
    return engine


def _cared_for(text: str) -> str:
    """What marked functions have in order to be passed over, they have no more. There is no other way to take
    an attribute from a function than to write down the module and to read it again."""
    lines = text.split("\n")
    for n, line in enumerate(lines):
        if line.startswith("attributes #") and PASSED_OVER in line:
            lines[n] = line.replace(" optnone ", " ")
    return "\n".join(lines)


def compile_beside(text: str, others: bytes) -> Any:
    """A module in executable memory, compiled fast, beside object code: each may call what the other
    has."""
    module, target = module_of(text), target_machine(0)
    make_visible(module)
    engine = binding.create_mcjit_compiler(module, target)
    engine.add_object_file(binding.ObjectFileRef.from_data(others))
    engine.finalize_object()
    return engine


def make_visible(module: Any, names: frozenset[str] | None = None) -> None:
    """Functions of these names, or all, can be called from elsewhere."""
    for function in module.functions:
        if not function.is_declaration and (names is None or function.name in names):
            function.linkage = "external"
