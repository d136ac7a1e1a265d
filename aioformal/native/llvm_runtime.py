"""What surrounds the specification's own functions in machine code: the buffer of successors, the
table of states, and the loop that expands one state after the other.

A state that was kept has a number, in the order of arrival; its words lie in the chunk that the number
belongs to. The table maps a hash to such a number: 32 bits of the hash beside 32 bits of number plus one,
so that a look-up reads a state only where these bits agree, and then compares all of it. So the search is
exact whatever the hash does. Successors wait in a buffer between the look-ups that they need, while the
memory for these is on its way (prefetched).

Many successors are found again soon after. Where a state takes one word, each worker remembers the last kept
ones, a word for each place that a hash may have: what it finds there needs no look-up, and no place in the
buffer either. It is counted at once; if then the state turns out to have a step that cannot be made, what was
counted is taken back.

Several workers insert at once: whoever changes an empty slot to LOCKED numbers the state, writes it,
and then releases the slot. Each has numbers in stock (memory.RESERVED); gaps that this leaves are closed
by `renumber` before anybody else looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from string import Template

from msgspec import Struct

from aioformal.native.layout import WORD, Layout
from aioformal.native.llvm_tree import ALLOWED, UNCLEAR, words_declared, words_named
from aioformal.native.llvm_view import hash_body, view_words, views_called
from aioformal.native.memory import (
    CHUNK,
    CHUNK_BITS,
    ENTRY_EXTRA,
    LOG_ENTRIES,
    LOG_EXTRA,
    MOST_PASSED,
    RECENT,
    RESERVED,
    Event,
    Own,
    Shared,
    Status,
)
from aioformal.native.plan import Plan

TAKEN = 64
"""States that a worker takes from the level at a time."""

WAITING = 64
"""Buffered successors from which on the buffer is emptied between two states."""

AHEAD = 32
"""States between the one whose slot is asked for and the one that is entered."""

LOCKED = 0xFFFFFFFF
MULTIPLIER = -7046029254386353131
FINAL = -49064778989728563

RECALLED_BY = 44
"""The bits of a hash from this one on say where a state is remembered: others than its place in a small
table."""

_PASS_OVER = Template("""\
  %passed = call i64 @get(ptr %K, i64 $passed_over)
  %more.fit = icmp ult i64 %passed, $most
  %expanding = icmp ne i64 %at, 0
  %possible = and i1 %more.fit, %expanding
  br i1 %possible, label %try, label %room
try:
  %h = call i64 @hash(i64 %w0)
$recall
pass:
  %rule = and i64 %info, $locked
  %fired = call ptr @pointer(ptr %K, i64 $fired)
  call void @count(ptr %fired, i64 %rule, i64 %ways)
  call void @count(ptr %K, i64 $generated, i64 %ways)
  %notes = call ptr @pointer(ptr %K, i64 $passed)
  %even = mul i64 %passed, 2
  %odd = add i64 %even, 1
  call void @set(ptr %notes, i64 %even, i64 %rule)
  call void @set(ptr %notes, i64 %odd, i64 %ways)
  %one.more = add i64 %passed, 1
  call void @set(ptr %K, i64 $passed_over, i64 %one.more)
  ret void""")

_RECALL = Template("""\
  %high = lshr i64 %info, 32
  %allowed.only = icmp eq i64 %high, $allowed
  %succeeds = icmp eq i64 %failed, 0
  %plain = and i1 %allowed.only, %succeeds
  %recent = call ptr @pointer(ptr %K, i64 $recent)
  %recent.hash = lshr i64 %h, $shift
  %recent.place = and i64 %recent.hash, $mask
  %recent.p = getelementptr i64, ptr %recent, i64 %recent.place
  %recent.word = load i64, ptr %recent.p
  %recent.same = icmp eq i64 %recent.word, %w0
  %recalled = and i1 %plain, %recent.same
  br i1 %recalled, label %$known, label %$unknown""")


class Form(Struct, frozen=True):
    """All that the runtime has to know of a plan: how many words a state takes, whether another state may
    stand for it, how many words its view takes (None where it is told apart by all of its words), whether
    the view may have no value, and whether kept states are remembered."""

    words: int
    symmetric: bool = False
    view: int | None = None
    checks_view: bool = False
    recalls: bool = False


def form_without_view(layout: Layout, *, symmetric: bool) -> Form:
    """States are remembered where there is a word that is none of them, to begin with."""
    recalls = layout.words == 1 and layout.bits < WORD and not symmetric
    return Form(layout.words, symmetric, recalls=recalls)


def form_of(plan: Plan) -> Form:
    view, symmetric = plan.view, plan.symmetry is not None
    if view is None:
        return form_without_view(plan.layout, symmetric=symmetric)
    return Form(plan.layout.words, symmetric, view_words(view), bool(view.obligations))


def runtime_of(form: Form) -> str:
    """The text of the functions for states of one form."""
    text = resources.files("aioformal.native").joinpath("runtime.ll").read_text(encoding="utf-8")
    return Template(text).substitute(_Parts(form).substitutions())


def entry_size(plan: Plan) -> int:
    """Numbers in the buffer for each emitted state. With a symmetry its words are those of the state that
    stands for it, and its own follow after all."""
    return _entry_size(form_of(plan))


def _entry_size(form: Form) -> int:
    return form.words + ENTRY_EXTRA + (form.words if form.symmetric else 0)


def own_words(plan: Plan) -> slice:
    """Where in an entry an emitted state's own words are."""
    first = _first_own(form_of(plan))
    return slice(first, first + plan.layout.words)


def _first_own(form: Form) -> int:
    return form.words + ENTRY_EXTRA if form.symmetric else 0


class _Parts:
    def __init__(self, form: Form) -> None:
        self.words = form.words
        self.entry = _entry_size(form)
        self.log = form.words + LOG_EXTRA
        self.symmetric = form.symmetric
        self.recalls = form.recalls
        self.own = _first_own(form)
        self.view = form.view
        self.checks_view = form.checks_view

    def substitutions(self) -> dict[str, object]:
        named = words_named(self.words)
        kept = words_named(self.words, "%k") if self.symmetric else named
        found: dict[str, object] = {
            "words": self.words,
            "declared": words_declared(self.words),
            "passed": _passed(named),
            "kept": _passed(kept),
            "hash": self._hash(),
            "load_entry": self._load_entry(),
            "load_state": self._loads("%here", "%w"),
            "store_entry": self._store_entry(),
            "check_view": f"  call void @check_view(ptr %K, i64 %info, {_passed(kept)}, {_passed(named)})"
            if self.checks_view
            else "",
            "canonical": "  call void @canonical(ptr %here)" if self.symmetric else "",
            "store_state": self._stores("%place"),
            "store_log": self._stores("%line"),
            "compare": self._compare(),
            "entry_words": self.entry,
            "log_words": self.log,
            "entry_hash": self.words,
            "entry_parent": self.words + 1,
            "entry_info": self.words + 2,
            "entry_failed": self.words + 3,
            "entry_ways": self.words + 4,
            "log_event": self.words,
            "log_mask": self.words + 1,
            "log_parent": self.words + 2,
            "log_rule": self.words + 3,
            "chunk_bits": CHUNK_BITS,
            "chunk_mask": CHUNK - 1,
            "taken": TAKEN,
            "waiting": WAITING,
            "locked": LOCKED,
            "ahead": AHEAD,
            "reserved": RESERVED,
            "unclear": UNCLEAR,
            "log_entries": LOG_ENTRIES,
        }
        found["recall"] = self._recall("end", "look")
        found["pass_over"] = self._pass_over()
        found["remember"] = "  store i64 %w0, ptr %recent.p" if self.recalls else ""
        return found | _numbers()

    def _hash(self) -> str:
        """Of all words, or of the view."""
        if self.view is None:
            return hash_body(words_named(self.words), MULTIPLIER, FINAL)
        called = views_called(self.view, "%y", _passed(words_named(self.words)))
        return "\n".join((*called, hash_body(words_named(self.view, "%y"), MULTIPLIER, FINAL)))

    def _load_entry(self) -> str:
        """The state itself, and the one that is kept for it."""
        if not self.symmetric:
            return self._loads("%entry", "%w")
        own = f"  %own = getelementptr i64, ptr %entry, i64 {self.own}"
        return "\n".join((own, self._loads("%own", "%w"), self._loads("%entry", "%k")))

    def _store_entry(self) -> str:
        if not self.symmetric:
            return self._stores("%entry")
        own = f"  %own = getelementptr i64, ptr %entry, i64 {self.own}"
        made = "  call void @canonical(ptr %entry)"
        parts = (self._stores("%entry"), own, self._stores("%own"), made, self._loads("%entry", "%k"))
        return "\n".join(parts)

    def _pass_over(self) -> str:
        """A step to a remembered state is counted at once, and then forgotten."""
        if not self.recalls:
            return "  br label %room"
        parts = {
            "passed": Own.PASSED.value,
            "passed_over": Own.PASSED_OVER.value,
            "most": MOST_PASSED,
            "locked": LOCKED,
            "fired": Own.FIRED.value,
            "generated": Own.GENERATED.value,
            "recall": self._recall("pass", "room"),
        }
        return _PASS_OVER.substitute(parts)

    def _recall(self, known: str, unknown: str) -> str:
        """Goes on where the state is a kept one, and nothing is noticed of the step to it, or elsewhere."""
        if not self.recalls:
            return f"  br label %{unknown}"
        parts = {
            "known": known,
            "unknown": unknown,
            "allowed": ALLOWED >> 32,
            "recent": Own.RECENT.value,
            "shift": RECALLED_BY,
            "mask": RECENT - 1,
        }
        return _RECALL.substitute(parts)

    def _loads(self, base: str, prefix: str) -> str:
        lines: list[str] = []
        for n in range(self.words):
            lines.append(f"  {prefix}{n}.p = getelementptr i64, ptr {base}, i64 {n}")
            lines.append(f"  {prefix}{n} = load i64, ptr {prefix}{n}.p")
        return "\n".join(lines)

    def _stores(self, base: str) -> str:
        name = base.lstrip("%")
        lines: list[str] = []
        for n in range(self.words):
            lines.append(f"  %{name}.{n} = getelementptr i64, ptr {base}, i64 {n}")
            lines.append(f"  store i64 %w{n}, ptr %{name}.{n}")
        return "\n".join(lines)

    def _compare(self) -> str:
        """The words of two states, or those of their views."""
        lines = [self._loads("%old", "%old.")]
        mine, theirs, count = "%w", "%old.", self.words
        if self.view is not None:
            for prefix in (mine, theirs):
                passed = _passed(words_named(self.words, prefix))
                lines += views_called(self.view, f"{prefix}view", passed)
            mine, theirs, count = "%wview", "%old.view", self.view
        lines += [f"  %same{n} = icmp eq i64 {theirs}{n}, {mine}{n}" for n in range(count)]
        last = "%same0"
        for n in range(1, count):
            lines.append(f"  %all{n} = and i1 {last}, %same{n}")
            last = f"%all{n}"
        lines.append(f"  br i1 {last}, label %known, label %next")
        return "\n".join(lines)


def _numbers() -> dict[str, object]:
    """What stands where, and what says what, as `memory` has it."""
    kinds = {"S": Shared, "K": Own, "IS": Status, "EVENT": Event}
    return {f"{kind}_{field.name}": field.value for kind, fields in kinds.items() for field in fields}


def _passed(names: Sequence[str]) -> str:
    return ", ".join(f"i64 {name}" for name in names)
