"""Handlers that cannot end the program: what they raise becomes a problem that a person sees."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, Protocol, TypeVar, cast, runtime_checkable

from textual.app import App
from textual.dom import DOMNode

Handler = TypeVar("Handler", bound=Callable[..., Any])


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
        except Exception as error:
            return _report(self.app, error, doing)

    @functools.wraps(handler)
    def run(self: DOMNode, *args: Any, **kwargs: Any) -> Any:
        try:
            return handler(self, *args, **kwargs)
        except Exception as error:
            return _report(self.app, error, doing)

    return cast("Handler", run_async if inspect.iscoroutinefunction(handler) else run)


def _report(app: App[object], error: Exception, doing: str) -> None:
    if not isinstance(app, Reporter):
        raise error
    app.report(error, doing)
