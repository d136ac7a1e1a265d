"""Logs as bpftrace would write them with spec/trace/aio.toml, made from walks through spec/aio.tla."""

from __future__ import annotations

import random
from typing import Any

from aioformal.concrete import Program
from aioformal.concrete.behaviour import ActionLabel
from aioformal.value.format import format_value
from aioformal.value.values import State

FUNCTIONS = {
    "Lookup": "lookup_ioctx",
    "Syscall": "lookup_ioctx",
    "AioGetReq": "aio_get_req",
    "AioComplete": "aio_complete",
    "KillXchg": "kill_ioctx",
    "FreeIoctx": "free_ioctx",
    "ExitAioDone": "exit_aio",
}


def kernel_log(program: Program, seed: int, length: int, jitter: int = 3) -> list[dict[str, Any]]:
    """The events of a walk of so many steps that runs into no bug. A step at time 10 * n is in a box that
    is at most `jitter` longer on either side."""
    generator = random.Random(seed)
    state = next(iter(program.initial_states()))
    events: list[dict[str, Any]] = []
    for number in range(length):
        steps = [s for s in program.successors(state) if s.label.name not in ("Exit", "Halted", "Terminated")]
        if not steps:
            break
        step = generator.choice(steps)
        event = _event(program, step.label, state, step.state)
        if event is not None:
            before, after = generator.randint(0, jitter), generator.randint(0, jitter)
            events.append({**event, "start": 10 * number - before, "end": 10 * number + after})
        state = step.state
    return sorted(events, key=lambda event: event["end"])


def _event(program: Program, label: ActionLabel, before: State, after: State) -> dict[str, Any] | None:
    arguments = {name: format_value(value) for name, value in label.arguments}
    if label.name == "IoSetup":
        thread = _record(program, after, "thread", arguments["t"])
        failed = thread["pc"] == '"out_cleanup"'
        address = {} if failed else {"ctx": _address(thread["ctx"])}
        return {"function": "ioctx_alloc" + "_failed" * failed, "tid": _tid(arguments["t"]), **address}
    if label.name == "RcuCallback":
        function = _record(program, before, "rcu.head", arguments["c"])["func"].strip('"')
        return {"function": function, "ctx": _address(arguments["c"])}
    if label.name == "PutIoctx" and arguments["p"].startswith("c"):
        return {"function": "kill_ioctx_work", "ctx": _address(arguments["p"])}
    function = "put_ioctx" if label.name == "PutIoctx" else FUNCTIONS.get(label.name)
    if function is None:
        return None
    event: dict[str, Any] = {"function": function}
    if "r" in arguments:
        return {**event, "req": "0xffff88003c0d1" + arguments["r"][1:]}
    thread = arguments.get("t") or arguments["p"]
    if not thread.startswith("c"):
        event["tid"] = _tid(thread)
    if label.name in ("AioGetReq", "KillXchg", "PutIoctx", "FreeIoctx"):
        event["ctx"] = _address(_record(program, before, "thread", thread)["ctx"])
    return {key: value for key, value in event.items() if key != "tid" or function != "free_ioctx"}


def _record(program: Program, state: State, variable: str, key: str) -> dict[str, str]:
    """The fields of a record, as text. `variable` may name a field of one: `rcu.head`."""
    name, *fields = variable.split(".")
    held: Any = state[program.variables.index(name)]
    for field in fields:
        held = held.mapping[field]
    found = next(value for name, value in held.mapping.items() if format_value(name) == key)
    return {name: format_value(value) for name, value in found.mapping.items()}


def _tid(task: str) -> int:
    return 4700 + int(task[1:])


def _address(ctx: str) -> str:
    return f"0xffff88003b0c{ctx[1:]}000"
