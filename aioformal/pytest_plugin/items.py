"""A configuration as a file of tests, a property as a test."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from aioformal.pytest_plugin.matching import (
    CONSEQUENCE,
    DEADLOCK,
    Expectation,
    ExpectationError,
    depth_of,
    expectations,
    row_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aioformal.pytest_plugin.running import Answer, Answers
    from aioformal.session import Options

ASSUMPTIONS = "assumptions"
"""The test that fails if an ASSUME is false."""

ASSUMPTION = "assumption"
"""The kind of what such a test is about."""

GOOD = ("proved", "holds")


def new_node(kind: Any, parent: pytest.Collector, **given: Any) -> Any:
    """A node as pytest makes them; pytest does not say of what type it is."""
    return kind.from_parent(parent, **given)


class NotAsExpected(Exception):  # noqa: N818
    """A property is not what was expected: the text is all that there is to say."""


class SpecificationFile(pytest.File):
    """A .cfg with its .tla. It is proved once, when the first of its tests runs."""

    spec: Path

    @classmethod
    def below(cls, parent: pytest.Collector, config: Path, spec: Path) -> SpecificationFile:
        """The file of a configuration, as pytest makes nodes."""
        node: SpecificationFile = new_node(cls, parent, path=config)
        node.spec = spec
        return node

    def collect(self) -> Iterator[PropertyItem]:
        """A test for each property and postcondition of the configuration, for deadlock, and for the
        assumptions."""
        from aioformal.diagnostic import DiagnosticError
        from aioformal.report.snippet import render_diagnostics
        from aioformal.session import Session
        from aioformal.syntax import ast

        try:
            row_of(self.path)
            session = Session(str(self.spec), str(self.path))
            names = [prop.name for prop in session.model.properties if not prop.hidden]
            names += [DEADLOCK] * session.checks_deadlock
            names += [
                formula.name for formula in session.model.postconditions if isinstance(formula, ast.Name)
            ]
            expected = expectations(self.path, names)
            depth_of(self.path)
        except DiagnosticError as failure:
            raise self.CollectError(render_diagnostics(failure.diagnostics)) from None
        except ExpectationError as mistake:
            raise self.CollectError(str(mistake)) from None
        if session.model.flat.assumptions:
            yield PropertyItem.below(self, ASSUMPTIONS, None)
        for name in names:
            yield PropertyItem.below(self, name, expected.get(name))

    @cached_property
    def answers(self) -> Answers:
        """What was found out, by property."""
        from aioformal.pytest_plugin.running import prove, shared

        folder: str | None = getattr(self.config, "workerinput", {}).get("aioformal_folder")
        if folder is None:
            return prove(self.spec, self.path, self._options)
        return shared(Path(folder), self.spec, self.path, self._options)

    @property
    def _options(self) -> Options:
        from aioformal.session import Options

        seconds = _number(self.config, "aioformal_timeout", float)
        workers = max(1, int(_number(self.config, "aioformal_workers", int)))
        row = row_of(self.path)
        if row is not None:
            task = row.task
            return Options(engine=task.engine, depth=task.depth, timeout=task.seconds, workers=workers)
        engine, depth = self.config.getini("aioformal_engine"), depth_of(self.path)
        if engine == "auto" and depth is not None:
            engine = "explicit"  # which is done then; others would go on to look for a proof
        return Options(engine=engine, depth=depth, timeout=seconds or None, workers=workers)


def _number(config: pytest.Config, name: str, kind: type[int] | type[float]) -> float:
    text: str = config.getini(name)
    try:
        return kind(text)
    except ValueError:
        raise pytest.UsageError(f"{name} = {text}: a number is needed here") from None


class PropertyItem(pytest.Item):
    """A property. It passes if it is proved, holds to the bound that was asked for, or is what a comment of
    the configuration expects."""

    expected: Expectation | None

    @classmethod
    def below(cls, file: SpecificationFile, name: str, expected: Expectation | None) -> PropertyItem:
        """The test of a property, as pytest makes nodes."""
        node: PropertyItem = new_node(cls, file, name=name)
        node.expected = expected
        # pytest-xdist keeps a group in one worker, if it is told to: --dist loadgroup.
        node.add_marker(pytest.mark.xdist_group(str(file.path)))
        return node

    @property
    def file(self) -> SpecificationFile:
        assert isinstance(self.parent, SpecificationFile)
        return self.parent

    def runtest(self) -> None:
        """Holds the answer against what is expected."""
        answers = self.file.answers
        if self.name == ASSUMPTIONS:
            self._judge_assumptions(answers)
            return
        answer = answers.get(self.name)
        if answer is None:
            self._not_judged(answers)
        else:
            self.user_properties.append(("aioformal", answer.word))
            if answer.notes:
                self.add_report_section("call", "aioformal", answer.notes)
            self._judge(answer)

    def _judge(self, answer: Answer) -> None:
        if self.expected is not None:
            if self.expected.word == CONSEQUENCE:
                pytest.skip(f"{answer.word}: no claim, what it is only follows from another defect")
            if answer.word != self.expected.word:
                said = f"{self.expected.place} expects {self.name} to be {self.expected.word}"
                raise NotAsExpected(f"{said}, and it is {answer.word}\n\n{answer.text}")
        elif answer.word == "unknown" and self.config.getoption("--aioformal-allow-unknown"):
            pytest.skip("unknown: neither proved nor violated")
        elif answer.word not in GOOD:
            raise NotAsExpected(f"{self.name} is {answer.word}\n\n{answer.text}")

    def _not_judged(self, answers: Answers) -> None:
        whole = answers.get("")
        text = whole.text if whole else "the run came to no answer"
        raise NotAsExpected(f"{self.name} was not judged\n\n{text}")

    def _judge_assumptions(self, answers: Answers) -> None:
        judged = [answer for answer in answers.values() if answer.kind == ASSUMPTION]
        wrong = [answer.text for answer in judged if answer.word not in GOOD]
        if wrong:
            raise NotAsExpected("\n\n".join(wrong))
        if not judged:
            self._not_judged(answers)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The counterexample and its blame, and no Python."""
        if isinstance(excinfo.value, NotAsExpected):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is, for the head of a failure."""
        return self.path, None, f"{self.path.name}: {self.name}"
