"""The system calls of Linux AIO, which no library of Python's wraps."""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

AIO_NR = Path("/proc/sys/fs/aio-nr")
AIO_MAX_NR = Path("/proc/sys/fs/aio-max-nr")

GENERIC = (0, 1, 2, 4)
NUMBERS = {
    "x86_64": (206, 207, 209, 208),
    "aarch64": GENERIC,
    "riscv64": GENERIC,
    "loongarch64": GENERIC,
    "ppc64le": (227, 228, 230, 229),
}
"""io_setup, io_destroy, io_submit, io_getevents, by machine (asm/unistd.h); little-endian ones."""

BLOCK = 4096
PWRITE = 1
RESFD = 1


class UnavailableError(Exception):
    """The calls are not there, or not for us. The text is the reason."""


class Kernel(Protocol):
    """What a workload needs of a kernel. Calls raise `OSError`."""

    @property
    def name(self) -> str: ...

    @property
    def max_nr(self) -> int: ...

    def read_nr(self) -> int:
        """fs.aio-nr."""
        ...

    def io_setup(self, nr_events: int) -> Context: ...

    def io_submit(self, context: Context, requests: int) -> int: ...

    def io_getevents(self, context: Context, most: int) -> int:
        """How many completions were there; does not wait."""
        ...

    def io_destroy(self, context: Context) -> int:
        """How many requests of the context had signalled their completion when the call returned."""
        ...

    def strangers(self) -> list[str]:
        """Other processes that hold contexts, as far as can be seen."""
        ...


class Context(Struct):
    """`handle` is the kernel's id. `signal`: an eventfd that counts completions, `completed` those read."""

    handle: int
    signal: int = -1
    completed: int = 0
    submitted: int = 0
    blocks: list[IoControl] = field(default_factory=list["IoControl"])


class IoControl(ctypes.Structure):
    """struct iocb (uapi/linux/aio_abi.h), on little-endian machines."""

    _fields_ = (
        ("aio_data", ctypes.c_uint64),
        ("aio_key", ctypes.c_uint32),
        ("aio_rw_flags", ctypes.c_int32),
        ("aio_lio_opcode", ctypes.c_uint16),
        ("aio_reqprio", ctypes.c_int16),
        ("aio_fildes", ctypes.c_uint32),
        ("aio_buf", ctypes.c_uint64),
        ("aio_nbytes", ctypes.c_uint64),
        ("aio_offset", ctypes.c_int64),
        ("aio_reserved2", ctypes.c_uint64),
        ("aio_flags", ctypes.c_uint32),
        ("aio_resfd", ctypes.c_uint32),
    )


class IoEvent(ctypes.Structure):
    """struct io_event."""

    _fields_ = (
        ("data", ctypes.c_uint64),
        ("obj", ctypes.c_uint64),
        ("res", ctypes.c_int64),
        ("res2", ctypes.c_int64),
    )


class TimeSpec(ctypes.Structure):
    _fields_ = (("tv_sec", ctypes.c_long), ("tv_nsec", ctypes.c_long))


class LinuxKernel:
    """The kernel that this process runs on. Requests write to a temporary file, past the page cache where
    its file system allows that, so that they take a while."""

    def __init__(self, folder: str) -> None:
        """Raises `UnavailableError`."""
        self._numbers = _numbers()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self.name = f"{platform.system()} {platform.release()}"
        self.max_nr = _read_number(AIO_MAX_NR)
        self.read_nr()
        self._file, self.direct = _temporary_file(folder)
        self._buffer = mmap.mmap(-1, BLOCK)
        self._address = ctypes.addressof(ctypes.c_char.from_buffer(self._buffer))
        self._try()

    def _try(self) -> None:
        """Raises `UnavailableError` where the calls are filtered or only half there."""
        try:
            self.io_destroy(self.io_setup(1))
        except OSError as refusal:
            why = errno.errorcode.get(refusal.errno or 0, "?")
            if refusal.errno == errno.EAGAIN:
                why = "EAGAIN: the whole quota of this machine is in use"
            raise UnavailableError(f"io_setup(1) failed with {why}") from None

    def read_nr(self) -> int:
        return _read_number(AIO_NR)

    def io_setup(self, nr_events: int) -> Context:
        handle = ctypes.c_ulong(0)
        self._call(self._numbers[0], ctypes.c_uint(nr_events), ctypes.byref(handle))
        return Context(handle.value, os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC))

    def io_submit(self, context: Context, requests: int) -> int:
        blocks = [self._block(context) for _ in range(requests)]
        context.blocks += blocks  # the kernel writes to them when it takes them
        pointers = (ctypes.POINTER(IoControl) * requests)(*map(ctypes.pointer, blocks))
        handle = ctypes.c_ulong(context.handle)
        try:
            taken = self._call(self._numbers[2], handle, ctypes.c_long(requests), pointers)
        except OSError as refusal:
            if refusal.errno != errno.EAGAIN:
                raise
            taken = 0  # no room for another request
        context.submitted += taken
        return taken

    def _block(self, context: Context) -> IoControl:
        return IoControl(
            aio_lio_opcode=PWRITE,
            aio_fildes=self._file,
            aio_buf=self._address,
            aio_nbytes=BLOCK,
            aio_offset=BLOCK * (context.submitted % 16),
            aio_flags=RESFD,
            aio_resfd=context.signal,
        )

    def io_getevents(self, context: Context, most: int) -> int:
        events, no_time = (IoEvent * most)(), TimeSpec(0, 0)
        return self._call(
            self._numbers[3],
            ctypes.c_ulong(context.handle),
            ctypes.c_long(0),
            ctypes.c_long(most),
            events,
            ctypes.byref(no_time),
        )

    def io_destroy(self, context: Context) -> int:
        self._call(self._numbers[1], ctypes.c_ulong(context.handle))
        with suppress(BlockingIOError):
            context.completed += os.eventfd_read(context.signal)
        os.close(context.signal)
        return context.completed

    def _call(self, number: int, *arguments: object) -> int:
        result = self._libc.syscall(ctypes.c_long(number), *arguments)
        if result < 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code))
        return int(result)

    def strangers(self) -> list[str]:
        return [name for path in Path("/proc").glob("[0-9]*") if (name := _ring_holder(path)) is not None]

    def close(self) -> None:
        os.close(self._file)


def _numbers() -> tuple[int, int, int, int]:
    if sys.platform != "linux":
        raise UnavailableError(f"this is {platform.system()}, not Linux")
    found = NUMBERS.get(platform.machine())
    if found is None or sys.byteorder != "little":
        raise UnavailableError(f"the numbers of the system calls on {platform.machine()} are not known")
    return found


def _read_number(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise UnavailableError(f"{path} cannot be read: no AIO in this kernel, or a sandbox") from None


def _temporary_file(folder: str) -> tuple[int, bool]:
    """A file of a few blocks that nobody else sees, and whether it is written past the page cache."""
    for flags in (getattr(os, "O_DIRECT", 0), 0):
        with suppress(OSError):
            path = os.path.join(folder, f"aioformal-observe-{os.getpid()}")
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | flags, 0o600)
            os.unlink(path)
            os.truncate(file, 16 * BLOCK)
            return file, bool(flags)
    raise UnavailableError(f"no file can be made in {folder}")


def _ring_holder(process: Path) -> str | None:
    """The name of another process that has the ring of a context mapped."""
    if process.name == str(os.getpid()):
        return None
    with suppress(OSError, UnicodeDecodeError):
        if "/[aio]" in (process / "maps").read_text(encoding="utf-8", errors="replace"):
            return f"{(process / 'comm').read_text(encoding='utf-8').strip()} ({process.name})"
    return None
