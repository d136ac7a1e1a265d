"""Trees of decisions, and the tests of a single state, as Python functions.

The functions take the words of a state one by one. `step` gives every successor to `put`, as (words, number
of the state plus one, rule with `DENIED` and `UNCLEAR`, mask of the properties that the step violates, how
often it counts), and returns the number of the obligation that fires, if one does. `initial` goes on, and
calls `stumble` with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from aioformal.ir.node import Term
from aioformal.ir.reduction import View
from aioformal.ir.sort import BOOL
from aioformal.ir.term import false, not_, true, variables_of
from aioformal.native.branching import tree_of_first
from aioformal.native.conditions import grouped_conjuncts, grouped_disjuncts
from aioformal.native.layout import Layout, layout_of
from aioformal.native.loop_functions import LoopFunctions
from aioformal.native.plan import Failures, Plan, bit_of
from aioformal.native.python_terms import HELPERS, TermWriter
from aioformal.native.tree import Answer, Emit, Loop, Switch, Tree, Trouble, When, parameters_of

DENIED = 1 << 32
"""The bit of an emitted rule that says that ACTION_CONSTRAINT forbids the step."""

UNCLEAR = 1 << 33
"""The bit that says that ACTION_CONSTRAINT has no value for it."""

DEEPEST = 60
"""Python reads no more than 100 levels of indentation, ..."""

MOST_LOOPS = 15
"""... and no more than 20 loops in each other. What is deeper becomes a function of its own."""

SHARED = 3
"""Branches that look at a slot, from which on it is read before them all."""

IN_A_ROW = 3
"""Cases that are tried one after the other."""


def source_of(plan: Plan) -> str:
    """All functions that depend on the specification."""
    words, searches = _named(plan.layout.words), _PythonLoops(plan.layout)
    nothing = ["0"] * plan.layout.words
    written = (
        _tree_function("initial", ["put", "stumble"], nothing, searches, plan.initial),
        _tree_function("step", ["put", "at", *words], words, searches, plan.step),
        _mask_function("judge", searches, _numbered(plan.always)),
        _mask_function("judge_first", searches, _numbered(plan.initially)),
        _mask_function("place", searches, [(1, plan.outside), (2, plan.unclear)]),
    )
    return "\n\n".join((HELPERS, *written, *searches.texts))


class _PythonLoops(LoopFunctions):
    """The functions as Python has them."""

    def written(self, name: str, term: Term) -> str:
        words = _named(self.layout.words)
        given = {leaf: f"b{n}" for n, leaf in enumerate(parameters_of(term))}
        return _tree_function(name, [*words, *given.values()], words, self, tree_of_first(term), given)


def view_source(layout: Layout, view: View) -> str:
    """`view(words)`: the words of the view; `view_troubles(words)`: for each of its obligations, whether it
    fires."""
    target = layout_of(view.variables)
    writer = begun(layout, view.terms.values())
    writer.put(f"return {writer.packed(view.terms, target, ['0'] * target.words)}")
    conditions = [obligation.condition for obligation in view.obligations]
    troubles = begun(layout, conditions)
    troubles.put(f"return [{', '.join([troubles.value(condition) for condition in conditions])}]")
    return "\n".join((HELPERS, function("view", writer), function("view_troubles", troubles)))


def begun(layout: Layout, roots: Iterable[Term]) -> TermWriter:
    """The beginning of a function of the words of a state, given as one."""
    words = _named(layout.words)
    writer = TermWriter(layout, words, roots)
    writer.put(f"{', '.join(words)}, = words")
    return writer


def function(name: str, writer: TermWriter) -> str:
    return "\n".join(("", f"def {name}(words):", *writer.lines, ""))


def conversion_source(old: Layout, new: Layout, terms: Mapping[str, Term]) -> str:
    """A function from the words of one layout to those of another. `terms` gives each slot of the new layout
    in terms of the slots of the old one."""
    words = _named(old.words)
    writer = TermWriter(old, words, terms.values())
    writer.put(f"return {writer.packed(terms, new, ['0'] * new.words)}")
    return "\n".join((HELPERS, "", f"def convert({', '.join(words)}):", *writer.lines, ""))


def _named(count: int) -> list[str]:
    return [f"w{n}" for n in range(count)]


def _numbered(failures: Failures) -> list[tuple[int, Term]]:
    return [(1 << bit_of(number), term) for number, term in failures.items()]


def _mask_function(name: str, searches: _PythonLoops, masks: Iterable[tuple[int, Term]]) -> str:
    """The masks, joined, of those terms that hold in a state."""
    masks = [(mask, term) for mask, term in masks if term is not false]
    words = _named(searches.layout.words)
    writer = _TreeWriter(name, words, [term for _, term in masks], words, searches)
    writer.split_words()
    writer.name_slots(_popular(writer.uses))
    writer.collect("found", masks)
    writer.put("return found")
    return "\n".join((f"def {name}({', '.join(words)}):", *writer.lines, ""))


def _popular(uses: Mapping[Term, int]) -> list[Term]:
    slots = [term for term, count in uses.items() if term.op == "state" and count >= SHARED]
    return sorted(slots, key=lambda slot: slot.name)


def _tree_function(
    name: str,
    parameters: Sequence[str],
    words: Sequence[str],
    searches: _PythonLoops,
    tree: Tree,
    given: Mapping[Term, str] | None = None,
) -> str:
    """A function that goes through a tree, and returns None at its end. `given`: the parameters that stand
    for variables which are bound outside."""
    writer = _TreeWriter(name, words, _terms_of(tree), parameters, searches)
    for leaf, known in (given or {}).items():
        writer.define(leaf, known)
    writer.split_words()
    writer.write(tree)
    lines = (f"def {name}({', '.join(parameters)}):", *writer.lines, " return None")
    return "\n\n".join((*writer.outlined, "\n".join((*lines, ""))))


def _terms_of(tree: Tree) -> list[Term]:
    match tree:
        case tuple():
            return [term for part in tree for term in _terms_of(part)]
        case Switch(slot=slot, cases=cases):
            return [slot, *(term for _, inner in cases for term in _terms_of(inner))]
        case When(condition=condition, body=body):
            return [condition, *_terms_of(body)]
        case Loop(body=body):
            return _terms_of(body)
        case Emit(updates=updates, failed=failed, allowed=allowed, unclear=unclear, ways=ways):
            return [*updates.values(), *failed.values(), allowed, unclear, ways]
        case Answer(value=value):
            return [value]
        case Trouble():
            return []


class _TreeWriter(TermWriter):
    """`outlined` are functions that the one called `name` calls."""

    def __init__(
        self,
        name: str,
        words: Sequence[str],
        roots: Iterable[Term],
        parameters: Sequence[str],
        searches: _PythonLoops,
    ) -> None:
        super().__init__(searches.layout, words, roots, searches)
        self.name = name
        self._searches = searches
        self.parameters = parameters
        self.outlined: list[str] = []
        self._loops = 0

    def write(self, tree: Tree) -> None:
        if self.indent > DEEPEST or self._loops > MOST_LOOPS:
            self._outline(tree)
            return
        match tree:
            case tuple():
                self.name_slots(_shared_slots(tree))
                for part in tree:
                    self.write(part)
            case Switch():
                self._switch(tree)
            case When():
                self.guarded(tree.condition, lambda: self.write(tree.body))
            case Loop():
                self._loop(tree)
            case Emit():
                self._emit(tree)
            case Trouble(number=number):
                self.put(f"return {number}" if "at" in self.parameters else f"stumble({number})")
            case Answer(value=value):
                self.put(f"return {self.value(value)}")

    # ------------------------------------------------------------ branches

    def guarded(self, condition: Term, body: Callable[[], None]) -> None:
        """What the later parts of a conjunction need is computed only where the first ones hold."""
        indent, outer, pending = self.indent, None, list[str]()
        for part in grouped_conjuncts(condition):
            known, line = self.mark, len(self.lines)
            test = self.value(part)
            if pending and len(self.lines) > line and self.indent <= DEEPEST:
                self._put_before(line, f"if {' and '.join(pending)}:")
                outer, pending = known if outer is None else outer, []
            pending.append(test)
        outer = self.mark if outer is None else outer
        self._block(f"if {' and '.join(pending)}:", body)
        self.forget(outer)
        self.indent = indent

    def _put_before(self, line: int, header: str) -> None:
        """The lines from there on go under a header, and so does what follows."""
        needed = self.lines[line:]
        del self.lines[line:]
        self.put(header)
        self.indent += 1
        self.lines += [f" {text}" for text in needed]

    def _block(self, header: str, body: Callable[[], None]) -> None:
        self.put(header)
        mark, line = self.mark, len(self.lines)
        self.indent += 1
        body()
        if len(self.lines) == line:
            self.put("pass")
        self.indent -= 1
        self.forget(mark)

    def _switch(self, tree: Switch) -> None:
        if tree.cases:
            self.name_slots([tree.slot])
            cases = sorted(tree.cases, key=lambda case: case[0])
            self._decide(self.value(tree.slot), cases)

    def _decide(self, value: str, cases: Sequence[tuple[int, Tree]]) -> None:
        """The case of a value, found by halves."""
        if len(cases) > IN_A_ROW:
            half = len(cases) // 2
            self._block(f"if {value} < {cases[half][0]}:", lambda: self._decide(value, cases[:half]))
            self._block("else:", lambda: self._decide(value, cases[half:]))
            return
        for n, (number, inner) in enumerate(cases):
            header = f"{'elif' if n else 'if'} {value} == {number}:"
            self._block(header, lambda inner=inner: self.write(inner))

    def _loop(self, tree: Loop) -> None:
        # Slots do not change while the loop goes round.
        self.name_slots(_sorted_slots(_terms_of(tree.body)))
        name = self.fresh()
        values = "(0, 1)" if tree.variable.sort is BOOL else f"range({tree.least}, {tree.greatest + 1})"

        def body() -> None:
            self.define(tree.variable, name)
            self.write(tree.body)

        self._loops += 1
        self._block(f"for {name} in {values}:", body)
        self._loops -= 1

    def _outline(self, tree: Tree) -> None:
        """A function of its own, and its call. It knows the words and what loops have bound."""
        name = f"{self.name}_{self.fresh()}"
        bound = [(term, known) for term, known in self.known.items() if term.op in ("input", "bound")]
        inner = _TreeWriter(self.name, self.words, _terms_of(tree), self.parameters, self._searches)
        inner._names = self._names
        for term, known in bound:
            inner.define(term, known)
        inner.write(tree)
        self._names = inner._names
        parameters = list(dict.fromkeys((*self.parameters, *(known for _, known in bound))))
        text = "\n".join((f"def {name}({', '.join(parameters)}):", *inner.lines, " return None", ""))
        self.outlined += [*inner.outlined, text]
        self.put(f"said = {name}({', '.join(parameters)})")
        self._block("if said is not None:", lambda: self.put("return said"))

    # ------------------------------------------------------------ leaves

    def collect(self, name: str, masks: Iterable[tuple[int, Term]]) -> None:
        """A variable with the masks of all terms that hold."""
        self.put(f"{name} = 0")
        for mask, term in masks:
            for part in grouped_disjuncts(term):
                self.guarded(part, lambda mask=mask: self.put(f"{name} |= {mask:#x}"))

    def _emit(self, tree: Emit) -> None:
        failed, info = "0", str(tree.rule)
        if tree.failed:
            failed = "failed"
            self.collect(failed, ((1 << bit_of(number), term) for number, term in tree.failed.items()))
        if tree.allowed is not true or tree.unclear is not false:
            info = "info"
            self.put(f"{info} = {tree.rule}")
            for bit, allowed in ((DENIED, tree.allowed), (UNCLEAR, not_(tree.unclear))):
                if allowed is not true:
                    self._block(f"if not {self.value(allowed)}:", lambda bit=bit: self.put(f"info |= {bit}"))
        at = "at" if "at" in self.parameters else "0"
        ways, words = self.value(tree.ways), self.packed(tree.updates)
        self.put(f"put(({words}, {at}, {info}, {failed}, {ways}))")


def _shared_slots(trees: Iterable[Tree]) -> list[Term]:
    """Slots that several of the branches look at."""
    shared: Counter[Term] = Counter()
    for tree in trees:
        shared.update(_slots([tree.condition] if isinstance(tree, When) else []))
    return [slot for slot in _sorted(shared) if shared[slot] >= SHARED]


def _slots(terms: Iterable[Term]) -> set[Term]:
    return {term for term in variables_of(*terms) if term.op == "state"}


def _sorted(slots: Iterable[Term]) -> list[Term]:
    """In an order that does not depend on the run."""
    return sorted(slots, key=lambda slot: slot.name)


def _sorted_slots(terms: Iterable[Term]) -> list[Term]:
    return _sorted(_slots(terms))
