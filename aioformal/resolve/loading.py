"""From a path to every module that it reaches: files beside the specification, then the library."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field

from aioformal.diagnostic import Diagnostic, DiagnosticError, Note, error, nearest
from aioformal.resolve.suggest import hint_for_module
from aioformal.resolve.traverse import walk
from aioformal.source import Source, Span
from aioformal.syntax import ast, parse_with_warnings
from aioformal.syntax.parsing import SPLIT_HINT

MODULE_SUFFIX = ".tla"
CONFIG_SUFFIX = ".cfg"
LARGEST_FILE = 8 * 1024 * 1024
SOME = 5
"""File names that are listed where another is missing."""
LIBRARY = files("aioformal").joinpath("library")
SEARCH_PATH = "AIOFORMAL_PATH"
"""The environment variable that names directories to look for modules in, as PATH names them."""
LIBRARY_NAME = "<library>/"
"""What the names of library sources begin with."""


class LoadedModules(Struct, frozen=True):
    """The root module and all that it reaches, by name. Modules nested in a file stay in it."""

    root: ast.Module
    modules: Mapping[str, ast.Module]
    sources: tuple[Source, ...]
    library: frozenset[str]
    """Names of the modules that came out of the library."""
    warnings: tuple[Diagnostic, ...] = ()
    """What is legal but hardly meant, in the files that are not of the library."""


class _Mention(Struct, frozen=True):
    """That a module names another, and where."""

    name: str
    span: Span
    keyword: str


class _Loader(Struct):
    directory: Path
    overlay: Mapping[str, str]
    search: Sequence[Path]
    modules: dict[str, ast.Module] = field(default_factory=dict[str, ast.Module])
    sources: list[Source] = field(default_factory=list[Source])
    library: set[str] = field(default_factory=set[str])
    problems: list[Diagnostic] = field(default_factory=list[Diagnostic])
    warnings: list[Diagnostic] = field(default_factory=list[Diagnostic])
    missing: dict[str, Diagnostic] = field(default_factory=dict[str, Diagnostic])
    """Names that are no file; a module nested in another file may still have one of them."""
    mentions: dict[str, list[_Mention]] = field(default_factory=dict[str, list[_Mention]])

    def add(self, source: Source, name: str, start: int = 0) -> None:
        """Read the module `name`, which begins at an offset or after it. Raises DiagnosticError."""
        module, warnings = parse_with_warnings(source, start)
        _check_name(module, name)
        if source.name.startswith(LIBRARY_NAME):
            self.library.add(name)
        else:
            self.warnings.extend(warnings)
        self.modules[module.name.name] = module
        if source not in self.sources:
            self.sources.append(source)
        self.mentions[module.name.name] = list(_mentions(module, source, frozenset()))

    def load_all(self, root: ast.Module) -> None:
        """Breadth first, so that problems come in the order in which modules are named."""
        waiting = [root.name.name]
        for name in waiting:
            for mention in self.mentions[name]:
                if mention.name not in self.modules and self.load(mention):
                    waiting.append(mention.name)
        nested = {name for module in self.modules.values() for name in _nested_names(module)}
        self.problems.extend(d for name, d in self.missing.items() if name not in nested)

    def load(self, mention: _Mention) -> bool:
        try:
            source, start = self.find(mention.name) or self.find_behind_root(mention.name)
            if source is None:
                self.note_missing(mention)
                return False
            self.add(source, mention.name, start)
        except DiagnosticError as problem:
            self.problems.extend(p for p in problem.diagnostics if p not in self.problems)
            return False
        return True

    def find(self, name: str) -> tuple[Source, int] | None:
        """The file of a module: beside the specification, in another directory, in the library."""
        for directory in (self.directory, *self.search):
            path = directory / f"{name}.tla"
            if str(path) in self.overlay or path.is_file():
                return read_source(str(path), self.overlay), 0
        entry = LIBRARY.joinpath(f"{name}.tla")
        if entry.is_file():
            return Source(f"{LIBRARY_NAME}{name}.tla", entry.read_text(encoding="utf-8")), 0
        return None

    def find_behind_root(self, name: str) -> tuple[Source | None, int]:
        """Modules may also stand one after another in the file of the root module."""
        root = next(iter(self.modules.values())).span
        header = re.compile(rf"^-{{4,}}[ \t]*MODULE[ \t]+{re.escape(name)}\b", re.MULTILINE)
        found = header.search(root.source.text, root.end)
        return (root.source, found.start()) if found else (None, 0)

    def note_missing(self, mention: _Mention) -> None:
        if mention.name not in self.missing:
            message = f"module {mention.name} is not found"
            hint = hint_for_module(mention.name, self.available())
            self.missing[mention.name] = Diagnostic("module.unknown", message, mention.span, hint=hint)

    def available(self) -> Iterator[str]:
        for directory in (self.directory, *self.search):
            yield from sorted(path.stem for path in directory.glob("*.tla"))
        yield from sorted(e.name.removesuffix(".tla") for e in LIBRARY.iterdir() if e.name.endswith(".tla"))

    def check_cycles(self, root: str) -> None:
        """Depth first along the mentions; an edge to a module on the path closes a circle."""
        finished: set[str] = set()
        path: list[tuple[str, Iterator[_Mention]]] = [(root, iter(self.mentions[root]))]
        while path:
            mention = next(path[-1][1], None)
            if mention is None:
                finished.add(path.pop()[0])
            elif mention.name in [name for name, _ in path]:
                self.problems.append(_cycle([name for name, _ in path], mention, self.mentions))
            elif mention.name in self.mentions and mention.name not in finished:
                path.append((mention.name, iter(self.mentions[mention.name])))


def load_module(
    path: str | os.PathLike[str],
    overlay: Mapping[str, str] | None = None,
    search: Sequence[Path] = (),
) -> LoadedModules:
    """Read a specification and all modules that it reaches.

    `overlay` gives texts of files that are not saved yet, by path; `search` names further
    directories to look for modules in, after the specification's own and before the library; so does the
    environment variable `SEARCH_PATH`.
    Raises `DiagnosticError` (file.*, parse.*, module.*) with all the problems that were found.
    """
    texts = overlay or {}
    source = read_source(os.fspath(path), texts)
    _check_no_configuration(source)
    loader = _Loader(
        Path(path).parent, {str(Path(p)): text for p, text in texts.items()}, search_path(search)
    )
    loader.add(source, Path(path).stem)
    root = next(iter(loader.modules.values()))
    loader.load_all(root)
    loader.check_cycles(root.name.name)
    if loader.problems:
        raise DiagnosticError(loader.problems)
    return LoadedModules(
        root, loader.modules, tuple(loader.sources), frozenset(loader.library), tuple(loader.warnings)
    )


def search_path(search: Sequence[Path] = ()) -> tuple[Path, ...]:
    """Directories to look for modules in: those given, then those that the environment names."""
    named = os.environ.get(SEARCH_PATH, "").split(os.pathsep)
    return (*search, *(Path(name) for name in named if name))


def read_source(path: str, overlay: Mapping[str, str], suffix: str = MODULE_SUFFIX) -> Source:
    """The text of a file, or of its overlay. Raises file.missing, file.unreadable, file.too-large.

    `suffix` is what the name of such a file ends with, for the hint.
    """
    text = overlay.get(path, overlay.get(str(Path(path))))
    if text is not None:
        return Source(path, text)
    file = Path(path)
    try:
        if file.stat().st_size > LARGEST_FILE:
            message = f"{path} is larger than {LARGEST_FILE // 2**20} MB"
            raise error("file.too-large", message, hint=SPLIT_HINT if file.suffix == ".tla" else None)
        content = file.read_bytes()
    except FileNotFoundError:
        raise error("file.missing", f"there is no file {path}", hint=neighbour(file)) from None
    except IsADirectoryError:
        raise error("file.unreadable", f"{path} is a directory", hint=_inside(file, suffix)) from None
    except (OSError, ValueError) as problem:
        raise error("file.unreadable", f"{path} cannot be read: {problem}") from None
    if b"\0" in content:
        raise error("file.unreadable", f"{path} is not a text file")
    return Source(path, content.decode("utf-8", errors="replace"))


def _inside(directory: Path, suffix: str) -> str:
    """The files in a directory that may be meant."""
    names = sorted(path.name for path in directory.glob(f"*{suffix}"))
    if not names:
        return f"a {suffix} file is wanted, and there is none in it"
    return f"name a {suffix} file in it: {', '.join(names[:3])}{', ...' if len(names) > 3 else ''}"


def _check_no_configuration(source: Source) -> None:
    """The two files of a model are easily taken for each other."""
    path = Path(source.name)
    if path.suffix == CONFIG_SUFFIX and "MODULE" not in source.text:
        hint = f"the specification is named first: {path.with_suffix(MODULE_SUFFIX)} --config {path}"
        raise error("file.empty", f"{path} is a configuration, and holds no module", hint=hint)


def neighbour(file: Path) -> str:
    """What stands where a file is missing: one of a similar name, else the first few of its kind."""
    if not file.parent.is_dir():
        return f"there is no directory {file.parent}"
    names = sorted(p.name for p in file.parent.iterdir() if p.suffix == file.suffix)
    if (close := nearest(file.name, names)) is not None:
        return f"did you mean `{close}`?"
    if file.suffix == "":
        return "give the name in full, with its ending: Name.tla"
    if not names:
        return f"the directory {file.parent} holds no {file.suffix} file"
    more = f" and {len(names) - SOME} more" if len(names) > SOME else ""
    return f"the directory {file.parent} holds {', '.join(names[:SOME])}{more}"


def _check_name(module: ast.Module, expected: str) -> None:
    if module.name.name != expected:
        raise error(
            "module.name",
            f"the file is named {expected}.tla, but its module is named {module.name.name}",
            module.name.span,
            hint="a module is found by its file's name: rename one of them",
        )


def _mentions(module: ast.Module, source: Source, nested: frozenset[str]) -> Iterator[_Mention]:
    """The other files that a module (with those nested in it) names, in source order."""
    inner = nested
    for name in module.extends:
        if name.name not in inner:
            yield _Mention(name.name, name.span, "EXTENDS")
    has_inner_instances = source.text.count("INSTANCE") > _count_instances(module)
    for unit in module.units:
        if isinstance(unit, ast.Module):
            yield from _mentions(unit, source, inner)
            inner = inner | {unit.name.name}
        else:
            for instance in _instances(unit, has_inner_instances):
                if instance.module.name not in inner:
                    yield _Mention(instance.module.name, instance.module.span, "INSTANCE")


def _instances(unit: ast.Unit, look_inside: bool) -> Iterator[ast.Instance]:
    if isinstance(unit, ast.Instance):
        yield unit
    elif isinstance(unit, ast.ModuleDefinition):
        yield unit.instance
    elif look_inside:
        for node in walk(unit):
            if isinstance(node, ast.Instance):
                yield node


def _count_instances(module: ast.Module) -> int:
    return sum(isinstance(unit, ast.Instance | ast.ModuleDefinition) for unit in module.units)


def _nested_names(module: ast.Module) -> Iterator[str]:
    for unit in module.units:
        if isinstance(unit, ast.Module):
            yield unit.name.name
            yield from _nested_names(unit)


def _cycle(path: list[str], closing: _Mention, mentions: Mapping[str, list[_Mention]]) -> Diagnostic:
    circle = [*path[path.index(closing.name) :], closing.name]
    steps = [next(m for m in mentions[here] if m.name == there) for here, there in pairwise(circle)]
    return Diagnostic(
        "module.cycle",
        f"modules need each other in a circle: {' -> '.join(circle)}",
        closing.span,
        notes=tuple(
            Note(f"{here} {step.keyword} {step.name}", step.span)
            for here, step in zip(circle, steps, strict=False)
        ),
        hint="move what both need into a module of its own",
    )
