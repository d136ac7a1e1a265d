"""A search that was saved ends as one that was never interrupted; and nothing else is gone on with."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from aioformal.diagnostic import CODES, DiagnosticError, Exit
from aioformal.encode import infer
from aioformal.engine.explicit import checkpoint, header, preparation, search, widening
from aioformal.engine.explicit.lock import Lock
from aioformal.engine.protocol import Event
from aioformal.evidence.verdict import Finding, Proved, Violated
from tests.unit.engine.saved_search import CONFIG, TEXT, exploration, outcome, remarks, run

ROOT = str(Path(__file__).parents[3])


@pytest.fixture(scope="module", autouse=True)
def _short_runs() -> Iterator[None]:
    """Many runs of the kernel in a small search, in shapes that know next to nothing at first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search, "AT_FIRST", 100)
        patch.setattr(search, "BETWEEN_LOOKS", 0.0)
        patch.setattr(preparation, "QUICK", infer.Extent(1, 0, 0))
        patch.setattr(widening, "MOST_WALKS", 0)
        yield


@pytest.fixture(scope="module")
def whole(_short_runs: None) -> list[Event]:
    return run()


def refused(folder: Path, *, resume: bool = True, **how: str) -> str:
    """The code with which a folder is refused."""
    with pytest.raises(DiagnosticError) as refusal:
        run(folder, resume=resume, **how)  # type: ignore[arg-type]
    code = refusal.value.diagnostics[0].code
    assert CODES[code][0] is Exit.SYSTEM
    assert str(folder) in refusal.value.diagnostics[0].message
    return code


def test_the_search_is_worth_saving(whole: list[Event]) -> None:
    seen = exploration(whole)
    assert seen.distinct_states > 5_000
    assert seen.details is not None
    assert seen.details.widened > 3
    found = {e.property: type(e.verdict) for e in whole if isinstance(e, Finding)}
    assert found == {
        "Early": Violated,
        "Late": Violated,
        "Slow": Violated,
        "Fine": Proved,
        "deadlock": Violated,
    }


@pytest.mark.parametrize("looks", [1, 2, 7, 19, 30, 41])
def test_it_goes_on_as_if_nothing_had_happened(looks: int, whole: list[Event], tmp_path: Path) -> None:
    first = run(tmp_path, looks=looks)
    assert not exploration(first).complete
    assert "checkpoint.written" in remarks(first)
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)


def test_it_may_be_interrupted_again_and_again(whole: list[Event], tmp_path: Path) -> None:
    events = run(tmp_path, looks=2)
    for _ in range(200):
        if exploration(events).complete:
            break
        events = run(tmp_path, resume=True, looks=3)
    assert outcome(events) == outcome(whole)


def test_a_saved_search_that_came_to_its_end_says_it_again(whole: list[Event], tmp_path: Path) -> None:
    assert outcome(run(tmp_path)) == outcome(whole)
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)
    assert outcome(run(tmp_path)) == outcome(whole)


def test_saving_changes_nothing(whole: list[Event], tmp_path: Path) -> None:
    assert outcome(run(tmp_path, every=3600.0)) == outcome(run(tmp_path)) == outcome(whole)


@pytest.mark.parametrize(("before", "after"), [(2, 2), (2, 1), (1, 3)])
def test_the_number_of_workers_may_change(
    before: int, after: int, whole: list[Event], tmp_path: Path
) -> None:
    run(tmp_path, looks=12, workers=before)
    events = run(tmp_path, resume=True, workers=after)
    assert outcome(events, traces=False) == outcome(whole, traces=False)


def test_a_bounded_search_goes_on_deeper(tmp_path: Path) -> None:
    run(tmp_path, depth=4)
    assert outcome(run(tmp_path, resume=True, depth=20)) == outcome(run(depth=20))


def test_an_interrupt_says_how_far_it_came_and_saves(whole: list[Event], tmp_path: Path) -> None:
    def interrupt() -> bool:
        raise KeyboardInterrupt

    said: list[Event] = []
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, looks=15, then=interrupt, every=3600.0, said=said)
    seen = exploration(said)
    assert not seen.complete
    assert seen.distinct_states > 100
    assert seen.generated_states > seen.distinct_states
    assert seen.details is not None
    assert seen.details.left
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)


def test_an_interrupt_while_a_checkpoint_is_written_waits_for_it(
    whole: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the renaming of the header and taking note of it, for one."""
    replace, calls = Path.replace, iter(range(1_000_000))

    def interrupted(self: Path, target: Path) -> Path:
        done = replace(self, target)
        if next(calls) == 4:
            signal.raise_signal(signal.SIGINT)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", interrupted)
        with pytest.raises(KeyboardInterrupt):
            run(tmp_path)
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)


# ---------------------------------------------------------------- what is refused


@pytest.fixture(scope="module")
def saved(_short_runs: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    run(folder, looks=20)
    return folder


@pytest.fixture
def copy(saved: Path, tmp_path: Path) -> Path:
    """A checkpoint to do harm to."""
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def data_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if header.DATA_NAME.fullmatch(path.name))


def test_only_the_last_layout_is_kept(copy: Path) -> None:
    assert [path.name.split("-")[0] for path in data_files(copy)] == ["parents", "states"]


def test_what_follows_the_checkpoint_is_cut_off(copy: Path, whole: list[Event]) -> None:
    for path in data_files(copy):
        with path.open("ab") as file:
            file.write(b"half of what the next one would have been")
    (copy / checkpoint.TEMPORARY).write_bytes(b'{"checkpoint":')
    (copy / "states-999").write_bytes(b"begun")
    assert outcome(run(copy, resume=True)) == outcome(whole)


def test_any_flipped_byte_of_the_header_is_noticed(copy: Path) -> None:
    path = copy / checkpoint.HEADER
    good = path.read_bytes()
    chance = random.Random(3)
    for place in [0, len(good) - 1, *chance.sample(range(len(good)), 40)]:
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        path.write_bytes(bad)
        assert refused(copy) == "checkpoint.corrupt"


@pytest.mark.parametrize("place", [0, 1000, -1])
@pytest.mark.parametrize("number", [0, 1])
def test_any_flipped_byte_of_the_data_is_noticed(place: int, number: int, copy: Path) -> None:
    path = data_files(copy)[number]
    content = bytearray(path.read_bytes())
    content[place] ^= 4
    path.write_bytes(content)
    assert refused(copy) == "checkpoint.corrupt"


@pytest.mark.parametrize("number", [0, 1])
def test_a_shorter_or_a_missing_file_is_noticed(number: int, copy: Path) -> None:
    path = data_files(copy)[number]
    path.write_bytes(path.read_bytes()[:-1])
    assert refused(copy) == "checkpoint.corrupt"
    path.unlink()
    assert refused(copy) == "checkpoint.corrupt"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"checkpoint": 1}', "[" * 100_000])
def test_a_header_that_is_none_is_refused(text: str, copy: Path) -> None:
    (copy / checkpoint.HEADER).write_text(text)
    assert refused(copy) == "checkpoint.corrupt"


@pytest.mark.parametrize(
    "search_part",
    [
        {"where": {"first": 0, "end": 10**9, "ahead": [], "initial": 3}},
        {"where": {"first": 0, "end": 3, "ahead": [[5, 4]], "initial": 3}},
        {"shapes": [["a", [], ["int", 0, 1]]]},
        {"shapes": [["a", [], ["os.system", "ls"]]]},
        {"reach": 99},
        {"counts": {}},
        {"violated": {"Early": [[["int", 1]]]}},
        {"violated": {"Early": [["gosub"]]}},
    ],
    ids=["level", "range", "variables", "shape", "reach", "counts", "trace", "value"],
)
def test_a_header_that_makes_no_sense_is_refused(search_part: dict[str, object], copy: Path) -> None:
    path = copy / checkpoint.HEADER
    whole = header.parse_header(path.read_bytes())
    whole.search.update(search_part)
    path.write_bytes(whole.render())
    assert refused(copy) == "checkpoint.corrupt"


def test_a_folder_without_a_checkpoint_is_nothing_to_resume(tmp_path: Path) -> None:
    assert refused(tmp_path) == "checkpoint.missing"
    assert refused(tmp_path / "new") == "checkpoint.missing"


def test_an_unfinished_search_is_not_replaced(copy: Path, whole: list[Event]) -> None:
    assert refused(copy, resume=False) == "checkpoint.exists"
    assert outcome(run(copy, resume=True)) == outcome(whole)


@pytest.mark.parametrize(
    "other",
    [{"text": TEXT.replace("a < 14", "a < 13")}, {"config": CONFIG.replace(" Fine", "")}, {"config": ""}],
)
def test_the_checkpoint_of_something_else_is_refused(other: dict[str, str], copy: Path) -> None:
    assert refused(copy, **other) == "checkpoint.foreign"


@pytest.mark.parametrize("name", ["FORMAT", "__version__"])
def test_the_checkpoint_of_another_version_is_refused(
    name: str, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(header, name, "another/9")
    assert refused(copy) == "checkpoint.foreign"


def test_a_folder_is_for_one_process(copy: Path, whole: list[Event]) -> None:
    held = Lock(copy)
    with pytest.raises(DiagnosticError, match=rf"process {os.getpid()} is using"):
        run(copy, resume=True)
    held.release()
    assert outcome(run(copy, resume=True)) == outcome(whole)


def test_a_lock_goes_with_its_process(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom aioformal.engine.explicit.lock import Lock\n"
        "Lock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": ROOT},
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DiagnosticError, match=f"process {holder.pid} is using"):
            Lock(tmp_path)
        holder.kill()
        holder.wait()
        Lock(tmp_path).release()


# ---------------------------------------------------------------- a disk that is full


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize("first", [0, 3, 9])
def test_a_full_disk_harms_neither_the_search_nor_the_last_checkpoint(
    code: int, first: int, whole: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append = checkpoint._Data.append
    calls = iter(range(1_000_000))

    def full(self: checkpoint._Data, data: bytes) -> None:
        if next(calls) >= first:
            append(self, data[: len(data) // 2])
            raise OSError(code, os.strerror(code))
        append(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint._Data, "append", full)
        events = run(tmp_path, looks=25)
    assert remarks(events).count("checkpoint.unwritable") == 1
    warning = next(e for e in events if getattr(e, "diagnostic", None))
    assert os.strerror(code) in warning.diagnostic.message  # type: ignore[union-attr]
    if first == 0:
        assert refused(tmp_path) == "checkpoint.missing"
        assert outcome(run(tmp_path)) == outcome(whole)
    else:
        assert outcome(run(tmp_path, resume=True)) == outcome(whole)


def test_room_that_is_made_is_used(
    whole: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync = checkpoint._Data.sync
    calls = iter(range(1_000_000))

    def now_and_then(self: checkpoint._Data) -> header.DataFile:
        if next(calls) % 5 in (1, 2):
            raise OSError(errno.ENOSPC, "full")
        return sync(self)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint._Data, "sync", now_and_then)
        events = run(tmp_path, looks=30)
    saved = json.loads((tmp_path / checkpoint.HEADER).read_text())["checkpoint"]
    assert remarks(events).count("checkpoint.unwritable") > 1
    assert saved["distinct"] > 500
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)


def test_a_header_that_cannot_be_replaced_leaves_the_last_one(
    whole: list[Event], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace, calls = Path.replace, iter(range(1_000_000))

    def stuck(self: Path, target: Path) -> Path:
        if next(calls) > 8:
            raise OSError(errno.EIO, "broken")
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", stuck)
        run(tmp_path, looks=30)
    assert not (tmp_path / checkpoint.TEMPORARY).exists()
    assert outcome(run(tmp_path, resume=True)) == outcome(whole)


def test_a_folder_that_cannot_be_made_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert refused(tmp_path / "file" / "folder", resume=False) == "checkpoint.unwritable"
