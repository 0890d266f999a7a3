"""Agents and callbacks that do what a conformance case says (README, "Scripted agents" and "Hooks")."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

from agentflow_tui.engine import AgentContext, AgentError, Event, Hooks, State
from agentflow_tui.engine.errors import (
    AgentAuthError,
    AgentModelError,
    AgentNetworkError,
    AgentRateLimitError,
    AgentResourceError,
    AgentTimeoutError,
)
from agentflow_tui.engine.hooks import HookCall

ERRORS: dict[str, type[Exception]] = {
    "validation": AgentError,
    "timeout": AgentTimeoutError,
    "network": AgentNetworkError,
    "llm": AgentModelError,
    "rate_limit": AgentRateLimitError,
    "auth": AgentAuthError,
    "resource": AgentResourceError,
    "unknown": RuntimeError,
}
NON_JSON = {"object": object(), "bytes": b"x", "set": {1}, "nan": float("nan")}


def scripted_error(error: Mapping[str, str]) -> Exception:
    """The engine's exception of the category `type`; a plain `RuntimeError` for `unknown`."""
    return ERRORS[error["type"]](error["message"])


class Watch:
    """What the agents of one case saw and did."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.seen: dict[str, list[dict[str, Any]]] = {}
        self.seen_meta: dict[str, list[dict[str, str]]] = {}
        self.cancelled: list[str] = []
        self.running = 0
        self.max_running = 0

    def begin(self, name: str, state: State) -> int:
        self.calls.append(name)
        self.seen.setdefault(name, []).append(dict(State.fork(state).data))
        self.seen_meta.setdefault(name, []).append(dict(state.meta))
        self.running += 1
        self.max_running = max(self.max_running, self.running)
        return len(self.seen[name])


class ScriptedAgent:
    """One agent of a case."""

    def __init__(self, name: str, behaviour: Mapping[str, Any], watch: Watch) -> None:
        self._name = name
        self._behaviour = behaviour
        self._watch = watch

    async def run(self, event: Event, state: State, context: AgentContext) -> Any:
        number = self._watch.begin(self._name, state)
        try:
            return await self._act(number, state, context)
        except asyncio.CancelledError:
            self._watch.cancelled.append(self._name)
            raise
        finally:
            self._watch.running -= 1

    async def _act(self, number: int, state: State, context: AgentContext) -> Any:
        does = {**self._behaviour, **self._behaviour.get("on_call", {}).get(str(number), {})}
        if "sleep_ms" in does:
            await context.clock.sleep(does["sleep_ms"] / 1000)
        written = _write(does, state, number)
        if does.get("fail_always") or number in does.get("fail_on", ()):
            raise scripted_error(does["error"])
        return _returned(does, state, written)


def _write(does: Mapping[str, Any], state: State, number: int) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if "count" in does:
        written[does["count"]] = number
    written.update(copy.deepcopy(does.get("set", {})))
    if "append" in does:
        key = does["append"]["key"]
        written[key] = [*state.data.get(key, []), does["append"]["value"]]
    for item in does.get("copy", ()):
        found, value = _walk({**state.data, **written}, item["from"])
        if found:
            written[item["to"]] = value
    if does.get("done_at") == number:
        written[does.get("done_key", "loop_completed")] = True
    state.data.update(written)
    state.meta.update(does.get("set_meta", {}))
    for key in does.get("delete", ()):
        state.data.pop(key, None)
    if "mutate_nested" in does:
        _mutate(state.data, does["mutate_nested"]["path"], does["mutate_nested"]["value"])
    return written


def _returned(does: Mapping[str, Any], state: State, written: dict[str, Any]) -> Any:
    match does.get("returns", "state"):
        case "state":
            return state
        case "mapping":
            return written
        case "none":
            return None
        case "invalid":
            return 42
        case "non_json":
            value: Any = NON_JSON[does["non_json"]["kind"]]
            for part in reversed(does["non_json"]["path"].split(".")):
                value = {part: value}
            return value
        case other:
            raise AssertionError(f"unknown returns: {other}")


def _walk(value: Any, path: str) -> tuple[bool, Any]:
    for part in path.split("."):
        if not isinstance(value, Mapping) or part not in value:
            return False, None
        value = value[part]
    return True, copy.deepcopy(value)


def _mutate(holder: Any, path: str, value: Any) -> None:
    *way, last = path.split(".")
    for part in way:
        holder = holder[int(part) if isinstance(holder, list) else part]
    holder[int(last) if isinstance(holder, list) else last] = value


class ScriptedHooks:
    """Registers the callbacks of a case, and a recorder after them."""

    def __init__(self, entries: list[dict[str, Any]]) -> None:
        self.hooks = Hooks()
        self.refused: list[str] = []
        self.callbacks: list[list[str]] = []
        self.fired: list[HookCall] = []
        for entry in entries:
            self._enter(entry)
        self.hooks.register("AllHooks", "__recorder", self.fired.append)

    def _enter(self, entry: dict[str, Any]) -> None:
        if "unregister" in entry:
            self.hooks.unregister(*entry["unregister"])
            return
        try:
            self.hooks.register(entry["hook"], entry["name"], self._callback(entry))
        except ValueError:
            self.refused.append(entry["name"])

    def _callback(self, entry: dict[str, Any]) -> Any:
        does = entry["do"]

        def callback(call: HookCall) -> State | None:
            self.callbacks.append([entry["name"], call.hook])
            if entry.get("agent") not in (None, call.agent) or does.get("only_on") not in (None, call.hook):
                return None
            if "unregister" in does:
                self.hooks.unregister(*does["unregister"])
            if "error" in does:
                raise scripted_error(does["error"])
            if not does.keys() & {"set", "set_meta", "copy"}:
                return None
            _write(does, call.state, 0)
            return call.state

        return callback
