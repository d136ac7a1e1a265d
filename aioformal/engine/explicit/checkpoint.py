"""The folder of a checkpoint: two data files that only grow, and a header that is replaced as a whole.

States are numbered in the order of arrival and never change, so a new checkpoint appends what is new to the
data files, waits until it is on the disk, and then replaces the header. Until that moment the old
header, and what it says of the first bytes of the files, stands. See docs/checkpoints.md.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from aioformal import __version__
from aioformal.diagnostic import DiagnosticError, error
from aioformal.engine.explicit.header import (
    DATA_NAME,
    FORMAT,
    DataFile,
    Header,
    OtherWriterError,
    parse_header,
)
from aioformal.engine.explicit.lock import Lock
from aioformal.engine.explicit.written import Json
from aioformal.native.dump import PARENT
from aioformal.native.kernel import Kernel
from aioformal.native.memory import CHUNK

HEADER = "header.json"
TEMPORARY = "header.json.new"


class CancelledError(OSError):
    """Writing was broken off."""


class _Data:
    """A file that is appended to. What was appended counts from `commit` on."""

    def __init__(self, path: Path, known: DataFile | None = None) -> None:
        self.path = path
        self._file: BinaryIO = path.open("w+b" if known is None else "r+b", buffering=0)
        self._hash = hashlib.blake2b(digest_size=32)
        self.size = 0
        self._next_hash, self._next_size = self._hash.copy(), 0

    def rewind(self) -> None:
        """Forgets what was appended and not committed, here and on the disk."""
        self._next_hash, self._next_size = self._hash.copy(), self.size
        self._file.truncate(self.size)
        self._file.seek(self.size)

    def append(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._next_hash.update(data)
        self._next_size += len(data)

    def sync(self) -> DataFile:
        """Waits until everything is on the disk."""
        os.fsync(self._file.fileno())
        return DataFile(self.path.name, self._next_size, self._next_hash.hexdigest())

    def commit(self) -> None:
        self._hash, self.size = self._next_hash, self._next_size

    def read(self, size: int) -> bytes:
        """The next bytes, which count as committed; fewer at the end of the file."""
        data = b""
        while len(data) < size and (more := self._file.read(size - len(data))):
            data += more
        self._hash.update(data)
        self.size += len(data)
        return data

    def agrees(self, known: DataFile) -> bool:
        return self.size == known.size and self._hash.hexdigest() == known.checksum

    def close(self) -> None:
        with suppress(OSError):
            self._file.close()


class Store:
    """A folder that is locked, with the header of the checkpoint that is in it, if there is one.

    Raises checkpoint.* where the folder cannot be used, or holds another checkpoint than the one that is
    to go on (`resume`), or an unfinished one that would be lost (without it).
    """

    def __init__(self, folder: Path, digest: str, *, resume: bool) -> None:
        self.folder = folder
        self._digest = digest
        self.saved: Header | None = None
        """The checkpoint to go on from; later the last one that was written."""
        self._files: tuple[_Data, _Data] | None = None
        self._generation = 0
        self._cancelled = False
        self._lock = self._locked()
        try:
            self._look(resume=resume)
        except BaseException:
            self._lock.release()
            raise

    def _locked(self) -> Lock:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return Lock(self.folder)
        except OSError as problem:
            raise error(
                "checkpoint.unwritable",
                f"checkpoints cannot be written to {self.folder}: {problem.strerror}",
            ) from None

    # ------------------------------------------------------------ what is there

    def _look(self, *, resume: bool) -> None:
        try:
            raw = (self.folder / HEADER).read_bytes()
        except FileNotFoundError:
            if resume:
                hint = "without --resume a new search begins, and writes some there"
                raise error(
                    "checkpoint.missing", f"there is no checkpoint in {self.folder}", hint=hint
                ) from None
            self._number_on()
            return
        except OSError as problem:
            raise self.corrupt(f"{HEADER} cannot be read: {problem.strerror}") from None
        header = self._parsed(raw, resume=resume)
        if resume:
            self._check(header)
            self.saved = header
        elif header is None or not header.finished:
            raise error(
                "checkpoint.exists",
                f"{self.folder} holds the checkpoint of a search that has not come to its end",
                hint="--resume goes on with it; remove the folder, or name another one, to begin anew",
            )
        self._number_on()

    def _parsed(self, raw: bytes, *, resume: bool) -> Header | None:
        try:
            return parse_header(raw)
        except OtherWriterError as other:
            why = f"was written by {other}; this is {__version__}, which reads {FORMAT}"
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            if resume:
                raise self.corrupt(f"{HEADER} is not what was written") from None
            return None
        if resume:
            raise self._foreign(why)
        return None

    def _check(self, header: Header | None) -> None:
        assert header is not None
        if header.byteorder != sys.byteorder:
            raise self._foreign("was written by a machine with another order of bytes")
        if header.digest != self._digest:
            raise self._foreign("is of another specification, another configuration, or other properties")
        self._check_sizes(header)

    def _check_sizes(self, header: Header) -> None:
        wanted = (header.distinct * 8 * header.words, header.distinct * PARENT)
        for file, size in zip((header.states, header.parents), wanted, strict=True):
            try:
                there = (self.folder / file.name).stat().st_size
            except OSError:
                raise self.corrupt(f"{file.name} is missing") from None
            if there < file.size or file.size != size:
                raise self.corrupt(f"{file.name} is shorter than it was")

    def _foreign(self, why: str) -> DiagnosticError:
        return error(
            "checkpoint.foreign",
            f"the checkpoint in {self.folder} {why}",
            hint="without --resume, and with another folder, a new search begins",
        )

    def corrupt(self, why: str) -> DiagnosticError:
        """What to raise where the folder does not hold what was written there."""
        return error(
            "checkpoint.corrupt",
            f"the checkpoint in {self.folder} is damaged: {why}",
            hint="it cannot be used; remove the folder and begin anew",
        )

    # ------------------------------------------------------------ reading

    def blocks(self) -> Iterator[tuple[bytes, bytes]]:
        """States and parents of the saved checkpoint. Raises checkpoint.corrupt, at the end at the latest.

        What was appended after the checkpoint is cut off.
        """
        header = self.saved
        assert header is not None
        states, parents = self._opened(header)
        for first in range(0, header.distinct, CHUNK):
            count = min(CHUNK, header.distinct - first)
            yield states.read(count * 8 * header.words), parents.read(count * PARENT)
        for data, known in ((states, header.states), (parents, header.parents)):
            if not data.agrees(known):
                raise self.corrupt(f"{known.name} is not what was written")
        for data in (states, parents):
            data.rewind()

    def _opened(self, header: Header) -> tuple[_Data, _Data]:
        known = (header.states, header.parents)
        try:
            states, parents = (_Data(self.folder / file.name, file) for file in known)
        except OSError as problem:
            raise self.corrupt(f"a file cannot be opened: {problem.strerror}") from None
        self._files = states, parents
        return self._files

    # ------------------------------------------------------------ writing

    def save(self, kernel: Kernel, layout: str, search: Json) -> None:
        """Raises OSError, and then the last checkpoint stands as it was. No KeyboardInterrupt may come
        in between: see `deferral`."""
        kept, self._cancelled = self._files, False
        known = self.saved.distinct if self.saved is not None and self.saved.layout == layout else 0
        files = kept if kept is not None and known else self._new_files()
        try:
            states, parents = self._append(files, kernel, known)
            self._replace_header(self._header(kernel, layout, search, states, parents))
        except BaseException:
            self._drop(files, kept)
            raise
        for file in files:
            file.commit()
        self._files = files
        if files is not kept:
            self._tidy(kept)

    def _header(
        self, kernel: Kernel, layout: str, search: Json, states: DataFile, parents: DataFile
    ) -> Header:
        distinct, words = kernel.distinct, kernel.plan.layout.words
        here = (FORMAT, __version__, self._digest, sys.byteorder)
        return Header(*here, False, distinct, words, layout, states, parents, search)

    def _append(self, files: tuple[_Data, _Data], kernel: Kernel, first: int) -> tuple[DataFile, DataFile]:
        states, parents = files
        for file in files:
            file.rewind()
        for words, numbers in kernel.rows(first, kernel.distinct):
            if self._cancelled:
                raise CancelledError(0, "it was interrupted")
            states.append(words)
            parents.append(numbers)
        return states.sync(), parents.sync()

    def _replace_header(self, header: Header) -> None:
        temporary = self.folder / TEMPORARY
        try:
            with temporary.open("wb") as file:
                file.write(header.render())
                file.flush()
                os.fsync(file.fileno())
            self._sync_folder()
            temporary.replace(self.folder / HEADER)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        self.saved = header
        self._sync_folder()

    def _sync_folder(self) -> None:
        """The names, too, have to be on the disk; where the system lets a folder be opened at all."""
        with suppress(OSError):
            handle = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def _new_files(self) -> tuple[_Data, _Data]:
        self._generation += 1
        names = (f"states-{self._generation}", f"parents-{self._generation}")
        states, parents = (_Data(self.folder / name) for name in names)
        return states, parents

    def _drop(self, files: tuple[_Data, _Data], kept: tuple[_Data, _Data] | None) -> None:
        """Gives the room back that a checkpoint took which did not come about."""
        for file in files:
            with suppress(OSError):
                file.rewind()
            if files is not kept:
                file.close()
                with suppress(OSError):
                    file.path.unlink()

    def _tidy(self, kept: tuple[_Data, _Data] | None) -> None:
        """Removes the files of earlier layouts and earlier runs: no header names them any more."""
        assert self._files is not None
        for file in kept or ():
            file.close()
        used = {file.path for file in self._files}
        with suppress(OSError):
            for path in self.folder.iterdir():
                if DATA_NAME.fullmatch(path.name) and path not in used:
                    path.unlink()

    def _number_on(self) -> None:
        """New files get numbers that no file has that is there."""
        numbers = [int(p.name.split("-")[1]) for p in self.folder.iterdir() if DATA_NAME.fullmatch(p.name)]
        self._generation = max(numbers, default=0)

    def cancel(self) -> None:
        """Breaks a `save` off that is under way: a signal came. The last checkpoint stands."""
        self._cancelled = True

    def finish(self) -> None:
        """Says that the search has come to its end: a new one may take its place."""
        if self.saved is not None:
            with suppress(OSError):
                self._replace_header(replace(self.saved, finished=True))

    def close(self) -> None:
        for file in self._files or ():
            file.close()
        self._lock.release()
