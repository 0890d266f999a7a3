"""Handlers that cannot end the program: what they raise becomes a problem that a person sees."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast, runtime_checkable
from weakref import WeakKeyDictionary

from rich.style import Style
from textual.app import App
from textual.dom import DOMNode
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker, WorkerState

Handler = TypeVar("Handler", bound=Callable[..., Any])
Drawn = TypeVar("Drawn", bound=Widget)

_reported: WeakKeyDictionary[Widget, set[str]] = WeakKeyDictionary()


@runtime_checkable
class Reporter(Protocol):
    """An app that can show an unexpected error."""

    def report(self, error: Exception, doing: str) -> None:
        """Show it and go on."""


def guarded(handler: Handler) -> Handler:
    """Wrap a message handler or callback of a widget: an error in it is reported, not raised."""
    doing = handler.__name__.strip("_").replace("_", " ")

    @functools.wraps(handler)
    async def run_async(self: DOMNode, *args: Any, **kwargs: Any) -> Any:
        try:
            return await handler(self, *args, **kwargs)
        except Exception as error:  # Textual ends the program at any error of a handler
            return _report(self.app, error, doing)

    @functools.wraps(handler)
    def run(self: DOMNode, *args: Any, **kwargs: Any) -> Any:
        try:
            return handler(self, *args, **kwargs)
        except Exception as error:  # Textual ends the program at any error of a handler
            return _report(self.app, error, doing)

    return cast("Handler", run_async if inspect.iscoroutinefunction(handler) else run)


def drawn(render_line: Callable[[Drawn, int], Strip]) -> Callable[[Drawn, int], Strip]:
    """Wrap a widget's `render_line`: an error in it leaves the line blank and is reported once a widget."""

    @functools.wraps(render_line)
    def render(self: Drawn, y: int) -> Strip:
        try:
            return render_line(self, y)
        except Exception as error:  # Textual ends the program at any error while it draws
            seen = _reported.setdefault(self, set())
            if type(error).__name__ not in seen:
                seen.add(type(error).__name__)
                _report(self.app, error, f"drawing the {self.id or type(self).__name__}")
            # Without colours, Textual takes no segment that has no style.
            return Strip.blank(self.size.width, Style())

    return render


def report_worker(app: App[Any], event: Worker.StateChanged) -> None:
    """Show what went wrong in a worker; the program goes on."""
    if event.state == WorkerState.ERROR and isinstance(event.worker.error, Exception):
        _report(app, event.worker.error, event.worker.description)


def _report(app: App[Any], error: Exception, doing: str) -> None:
    if not isinstance(app, Reporter):
        raise error
    app.report(error, doing)
