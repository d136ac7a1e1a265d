"""A running kernel, held against what its system calls promise.

`observe` lets threads call io_setup, io_submit, io_getevents and io_destroy (`syscalls`, `workload`) and
writes each call with its time box. `judging` asks whether `AioSyscalls.tla`, in which each call is one step
within its box, explains the log. A log can be judged on any machine, long after.
"""

from aioformal.observe.judging import Judgement, conclusions, judge
from aioformal.observe.syscalls import Kernel, LinuxKernel, UnavailableError
from aioformal.observe.workload import Plan, observe

__all__ = [
    "Judgement",
    "Kernel",
    "LinuxKernel",
    "Plan",
    "UnavailableError",
    "conclusions",
    "judge",
    "observe",
]
