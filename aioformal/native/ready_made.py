"""The runtime's functions as object code, made before there is a specification's code to go with them.

They are most of what a search executes, and all that they depend on is the form of a state. So they are
compiled well, beside the encoding of the specification; what is then compiled in a hurry is the
specification's own functions alone, and a search in this code takes a third to a half less time.
"""

from __future__ import annotations

import threading

from aioformal.native.llvm_runtime import Form, runtime_of
from aioformal.native.llvm_tree import words_declared

CODE_LEVEL = 2

SHARED = frozenset({"emit", "trouble"})
"""The functions that those of a specification call."""

_lock = threading.Lock()
_made: dict[Form, _Making] = {}


class _Making(threading.Thread):
    def __init__(self, form: Form) -> None:
        super().__init__(name="runtime")
        self._form = form
        self.code: bytes | None = None

    def run(self) -> None:
        self.code = _compiled(self._form)


def begin(form: Form) -> None:
    """Makes the object code in a thread, unless it is there already."""
    with _lock:
        if form not in _made:
            making = _made[form] = _Making(form)
            making.start()


def object_code(form: Form) -> bytes:
    """The object code, made once for each form. A view is made of terms of the specification: states that
    have one have no such code."""
    begin(form)
    making = _made[form]
    making.join()
    # A thread says on standard error what went wrong in it; here it goes wrong again.
    return _compiled(form) if making.code is None else making.code


def has_object_code(form: Form) -> bool:
    return form.view is None


def _compiled(form: Form) -> bytes:
    # Loading the library takes a while: that, too, is to happen beside the encoding.
    from aioformal.native import llvm

    module = llvm.module_of(runtime_of(form) + _declarations(form))
    target = llvm.target_machine(CODE_LEVEL)
    llvm.make_visible(module, SHARED)
    llvm.improve(module, target)
    return target.emit_object(module)


def _declarations(form: Form) -> str:
    """The specification's functions."""
    words = words_declared(form.words)
    declared = [
        "void @initial(ptr %S, ptr %K, i64 %at)",
        f"void @step(ptr %S, ptr %K, i64 %at, {words})",
        *(f"i64 @{name}({words})" for name in ("judge", "judge_first", "place")),
        *(["void @canonical(ptr %at)"] if form.symmetric else []),
    ]
    return "\n".join(f"declare {one}" for one in declared)


def declarations_for(form: Form) -> str:
    """The functions of the runtime, as a specification's know them."""
    what = "i64 %info, i64 %failed, i64 %ways"
    return (
        f"declare void @emit(ptr %S, ptr %K, i64 %at, {what}, {words_declared(form.words)})\n"
        "declare void @trouble(ptr %K, i64 %number)\n"
    )
