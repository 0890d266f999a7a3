"""No outside text goes round `tui/safe_text.py`: every place where a widget takes text is read (design §4).

The reader judges the expression at each such place: a literal, a number, `Content` from the door, text that
was cleaned but is still a string (fine where markup is off), or outside text. It looks through f-strings,
sums, local variables, annotations and functions of the same module; what it cannot know, it lets pass,
except inside an f-string.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import IntEnum
from pathlib import Path

import pytest

import agentflow_tui.tui

ROOM = Path(agentflow_tui.tui.__file__).parent
DOOR = ROOM / "safe_text.py"

TAKES_MARKUP = {
    "Static", "Label", "Button", "Checkbox", "RadioButton", "TabPane", "Tab", "Option", "Tree", "Link",
}  # fmt: skip
TAKES_MARKUP_METHODS = {
    "update", "notify", "add_column", "add_columns", "add_row", "add_leaf", "set_label", "add_option",
}  # fmt: skip
TITLES = {"border_title", "border_subtitle", "tooltip", "label"}
MARKUP_KEYWORDS = {"content", "label", "title", "prompt", "tooltip", "message"}
TAKES_RAW = {"Content", "Text", "Segment", "Content.styled", "Content.assemble", "Text.assemble"}
FROM_MARKUP = {"from_markup", "from_text", "from_ansi"}
STRING_METHODS = {"format", "join", "strip", "upper", "lower", "title", "replace", "ljust", "rjust", "center"}


class Text(IntEnum):
    """What an expression may bring along; the greatest of its parts counts."""

    NUMBER = 0
    LITERAL = 1
    CONTENT = 2
    UNKNOWN = 3
    CLEANED = 4
    OUTSIDE = 5


ANNOTATED = {"str": Text.OUTSIDE, "int": Text.NUMBER, "float": Text.NUMBER, "Content": Text.CONTENT}


def _is_constant(name: str) -> bool:
    return name.lstrip("_").isupper()


def called(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id="Content" | "Text" as owner), attr=name):
            return f"{owner}.{name}"
        case ast.Attribute(attr=name):
            return f".{name}"
    return ""


class Reader:
    """Judges expressions of one module."""

    def __init__(self, tree: ast.Module) -> None:
        self.functions = {
            node.name: node
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        self.open: set[str] = set()

    def judge(self, node: ast.expr, scope: ast.AST) -> Text:  # noqa: PLR0911
        match node:
            case ast.Constant():
                return Text.NUMBER if isinstance(node.value, int | float) else Text.LITERAL
            case ast.JoinedStr(values=parts):
                return max((self.part(part, scope) for part in parts), default=Text.LITERAL)
            case ast.BinOp(left=ast.Constant() | ast.Name() as text, op=ast.Mult()):
                return self.judge(text, scope)
            case ast.BinOp(left=left, right=right):
                return max(self.judge(left, scope), self.judge(right, scope))
            case ast.IfExp(body=body, orelse=orelse):
                return max(self.judge(body, scope), self.judge(orelse, scope))
            case ast.BoolOp(values=values) | ast.Tuple(elts=values) | ast.List(elts=values):
                return max((self.judge(value, scope) for value in values), default=Text.LITERAL)
            case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner) | ast.Starred(value=inner):
                return self.judge(inner, scope)
            case ast.Attribute(attr=name):
                return Text.LITERAL if _is_constant(name) else Text.OUTSIDE
            case ast.Name(id=name):
                return Text.LITERAL if _is_constant(name) else self.variable(name, scope)
            case ast.Subscript(value=ast.Name(id=name)) if _is_constant(name):
                return Text.LITERAL
            case ast.Call():
                return self.call(node, scope)
        return Text.UNKNOWN

    def part(self, part: ast.expr, scope: ast.AST) -> Text:
        if not isinstance(part, ast.FormattedValue):
            return Text.LITERAL
        spec = part.format_spec
        if isinstance(spec, ast.JoinedStr) and spec.values:
            last = spec.values[-1]
            # A format such as `.1f` or `,d` raises on text, so only numbers come through.
            if isinstance(last, ast.Constant) and str(last.value)[-1] in "dfeg%":
                return Text.NUMBER
        judged = self.judge(part.value, scope)
        return Text.OUTSIDE if judged is Text.UNKNOWN else judged

    def call(self, node: ast.Call, scope: ast.AST) -> Text:  # noqa: PLR0911
        name = called(node.func)
        if name in {"plain", ".plain"} or name.split(".")[0] in {"Content", "Text"}:
            return Text.CONTENT
        if name.lstrip(".") in {"clean", "one_line"}:
            return Text.CLEANED
        if name in {"len", "int", "round", "sum", ".count", ".index"}:
            return Text.NUMBER
        if name in {"str", "repr", "format"}:
            return Text.NUMBER if self.judge(node.args[0], scope) is Text.NUMBER else Text.OUTSIDE
        if name.lstrip(".") in STRING_METHODS and isinstance(node.func, ast.Attribute):
            if self.judge(node.func.value, scope) is Text.CONTENT:
                worst = max((self.judge(argument, scope) for argument in node.args), default=Text.CONTENT)
                return Text.OUTSIDE if worst is Text.OUTSIDE else Text.CONTENT
            values = [node.func.value, *node.args, *(keyword.value for keyword in node.keywords)]
            judged = max(self.judge(value, scope) for value in values)
            return Text.OUTSIDE if judged is Text.UNKNOWN else judged
        return self.result(name.lstrip("."))

    def result(self, name: str) -> Text:
        function = self.functions.get(name)
        if function is None or name in self.open or called(function.returns or ast.Constant(0)) != "str":
            return Text.UNKNOWN
        self.open.add(name)
        returned = [r.value for r in ast.walk(function) if isinstance(r, ast.Return) and r.value is not None]
        judged = max((self.judge(value, function) for value in returned), default=Text.UNKNOWN)
        self.open.discard(name)
        return judged

    def variable(self, name: str, scope: ast.AST) -> Text:
        judged = [Text.UNKNOWN]
        key = f"{id(scope)}:{name}"
        if key in self.open:
            return Text.UNKNOWN
        self.open.add(key)
        found: list[Text] = []
        for node in ast.walk(scope):
            match node:
                case ast.arg(arg=argument, annotation=ast.expr() as annotation) if argument == name:
                    found.append(ANNOTATED.get(called(annotation), Text.UNKNOWN))
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    found.append(self.judge(value, scope))
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    found.append(self.judge(value, scope))
        self.open.discard(key)
        return max(found or judged)


def keyword_is_false(node: ast.Call, name: str) -> bool:
    return any(
        keyword.arg == name and isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        for keyword in node.keywords
    )


def scoped(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    pending: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while pending:
        node, scope = pending.pop()
        yield node, scope
        inner = node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else scope
        pending.extend((child, inner) for child in ast.iter_child_nodes(node))


def taken_by_call(node: ast.Call) -> Iterator[tuple[ast.expr, Text, str]]:
    """Yield each text that a call takes, the worst that may go there, and the call's name."""
    name = called(node.func)
    bare = name.rpartition(".")[2]
    if bare in FROM_MARKUP and "." in name:
        yield from ((argument, Text.LITERAL, name) for argument in node.args[:1])
    elif name in TAKES_RAW:
        for argument in node.args[: None if "assemble" in name else 1]:
            inner = argument.elts[0] if isinstance(argument, ast.Tuple) and argument.elts else argument
            yield inner, Text.CLEANED, name
    elif name in TAKES_MARKUP or (name.startswith(".") and bare in TAKES_MARKUP_METHODS):
        worst = Text.CLEANED if keyword_is_false(node, "markup") else Text.UNKNOWN
        if bare == "notify" and worst is Text.UNKNOWN:
            worst = Text.LITERAL
        for argument in node.args[: None if bare in {"add_columns", "add_row"} else 1]:
            yield argument, worst, name
        for keyword in node.keywords:
            if keyword.arg in MARKUP_KEYWORDS:
                yield keyword.value, worst, f"{name} {keyword.arg}="


def taken(node: ast.AST) -> Iterator[tuple[ast.expr, Text, str]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            titles = [t.attr for t in targets if isinstance(t, ast.Attribute) and t.attr in TITLES]
            yield from ((value, Text.UNKNOWN, title) for title in titles)
        case ast.AnnAssign(target=ast.Attribute(attr=title), value=ast.expr() as value) if title in TITLES:
            yield value, Text.UNKNOWN, title
        case ast.Call():
            yield from taken_by_call(node)


def ways_round(source: str) -> list[str]:
    """Return a line for every place where outside text reaches a widget."""
    tree = ast.parse(source)
    reader = Reader(tree)
    return [
        f"{text.lineno}: {what} takes {ast.unparse(text)}"
        for node, scope in scoped(tree)
        for text, worst, what in taken(node)
        if reader.judge(text, scope) > worst
    ]


CAUGHT = {
    "f-string in Static": "Static(f'{name} failed')",
    "f-string in Label": "Label(f'{name}')",
    "f-string in update": "self.query_one(Static).update(f'{name}')",
    "attribute": "Static(problem.message)",
    "sum": "Static('error: ' + problem.message)",
    "percent": "Static('error: %s' % problem.message)",
    "format": "Static('error: {}'.format(name))",
    "join": "Static(', '.join(names))",
    "str()": "Static(str(error))",
    "parameter": "def show(self, text: str) -> None:\n    self.update(text)",
    "local variable": "def show(self, run):\n    line = f'{run.error}'\n    self.update(line)",
    "function of the same module": "def head(run) -> str:\n    return f'{run.name}'\nStatic(head(run))",
    "one of two branches": "Static('ok' if fine else run.error)",
    "cleaned, but markup is on": "Static(clean(run.error))",
    "markup off, but not cleaned": "Static(run.error, markup=False)",
    "notify without markup=False": "self.notify(message)",
    "notify of text that is not cleaned": "self.notify(f'{error}', markup=False)",
    "notify title": "self.notify('x', title=run.error, markup=False)",
    "border title": "self.border_title = run.name",
    "border title, cleaned string": "self.border_title = clean(name)",
    "border subtitle": "self.border_subtitle = f'{name}'",
    "tooltip": "widget.tooltip = node.path",
    "tooltip keyword": "Button('Run', tooltip=node.path)",
    "tab": "TabPane(agent.name)",
    "option": "Option(flow.title)",
    "table cell": "table.add_row('a', run.name)",
    "table header": "table.add_column(run.name)",
    "tree": "node.add_leaf(run.name)",
    "from_markup": "Content.from_markup(name)",
    "from_markup f-string": "Text.from_markup(f'[b]{name}[/]')",
    "Content of raw text": "Content(run.error)",
    "Content of an f-string": "Content(f'✗ {run.error}')",
    "assemble of raw text": "Content.assemble(('✗', 'red'), (run.error, 'dim'))",
    "segment": "Segment(event.text)",
    "content joined of raw text": "Static(Content(', ').join(run.name for run in runs))",
}
ALLOWED = {
    "literal": "Static('ready')",
    "literal markup": "Content.from_markup('[b]ready[/b]')",
    "door": "Static(plain(run.error))",
    "door in a variable": "def show(self, run):\n    line = plain(run.error)\n    self.update(line)",
    "cleaned with markup off": "self.notify(clean(run.error), markup=False)",
    "cleaned parts with markup off": "self.notify(f'✗ {one_line(run.error, 80)}', markup=False)",
    "number": "Static(f'{count:d} runs, {seconds:.1f} s')",
    "number by annotation": "def show(self, count: int) -> None:\n    self.update(f'{count} runs')",
    "number by call": "Static(f'{len(runs)} runs')",
    "content of cleaned text": "Content(f'✗ {one_line(run.error, 80)}')",
    "assemble of cleaned text": "Content.assemble(('✗', 'red'), (clean(run.error), 'dim'), plain(run.name))",
    "content joined": "Content(', ').join(plain(name) for name in names)",
    "content joined and put together": "Content.assemble(Content(', ').join(parts))",
    "constant": "self.border_title = TITLE",
    "repeated literal": "Content('─' * width)",
    "entry of a constant": "Static(f'{GLYPHS[severity]} ready')",
    "a dict": "self.seen.update({run.name: run})",
    "content from a function": "def head(run) -> Content:\n    return plain(run.name)\nStatic(head(run))",
}


@pytest.mark.parametrize("source", CAUGHT.values(), ids=CAUGHT)
def test_a_way_round_the_door_is_caught(source: str) -> None:
    assert len(ways_round(source)) >= 1


@pytest.mark.parametrize("source", ALLOWED.values(), ids=ALLOWED)
def test_text_through_the_door_passes(source: str) -> None:
    assert ways_round(source) == []


@pytest.mark.parametrize(
    "path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix()
)
def test_nothing_in_the_tui_goes_round_the_door(path: Path) -> None:
    if path != DOOR:
        assert ways_round(path.read_text(encoding="utf-8")) == []


def test_the_room_is_read() -> None:
    assert DOOR in ROOM.rglob("*.py")
