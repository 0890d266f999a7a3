"""Histories for tests, written event by event."""

from __future__ import annotations

from typing import Any

from agentflow_tui.history import event as ev
from agentflow_tui.history.delta import Delta


class Story:
    """Writes events with their `seq` and `at`."""

    def __init__(self, data: dict[str, Any] | None = None, metadata: dict[str, str] | None = None) -> None:
        self.events: list[ev.HistoryEvent] = []
        event = {"id": "e", "data": data or {}, "metadata": metadata or {}}
        self.add(
            ev.RunStarted,
            run_id="r",
            flow="f",
            mode="loop",
            chosen_by="default",
            reason="",
            event=event,
            session_id="e",
        )

    def add(self, cls: type[ev.HistoryEvent], **values: Any) -> None:
        self.events.append(cls(seq=len(self.events), at=float(len(self.events)), **values))

    def agent(self, path: str, scope: str = "", iteration: int | None = None, **changes: Any) -> None:
        self.add(ev.AgentStarted, path=path, agent=path.rpartition("/")[2], scope=scope, iteration=iteration)
        self.add(
            ev.AgentCompleted,
            path=path,
            agent=path.rpartition("/")[2],
            scope=scope,
            iteration=iteration,
            delta=Delta(set=changes),
            duration=1.0,
        )

    def call(self, path: str, call_id: str, *pieces: str, agent: str = "", prompt: str = "Hello") -> None:
        self.add(
            ev.ModelCallStarted,
            path=path,
            agent=agent or path.rpartition("/")[2],
            call=call_id,
            provider="ollama",
            model="gemma3:1b",
            messages=({"role": "user", "content": prompt},),
            parameters={"temperature": 0.2},
        )
        for piece in pieces:
            self.add(ev.TokensReceived, path=path, call=call_id, text=piece)

    def answered(self, path: str, call_id: str, response: str) -> None:
        self.add(
            ev.ModelCallEnded,
            path=path,
            agent=path.rpartition("/")[2],
            call=call_id,
            prompt_tokens=12,
            completion_tokens=40,
            first_token_after=0.5,
            duration=2.5,
            finish_reason="stop",
            response=response,
        )


FIRST = "The quick brown fox jumps over the lazy dog while the sun sets behind the quiet hills."
SECOND = "The quick red fox leaps over the lazy dog while the moon rises behind the quiet hills."


def quality_loop() -> Story:
    """Two iterations of a loop that writes a text and scores it; the third is writing."""
    story = Story({"message": "write about a fox", "tags": ["a", {"b": None}]}, {"session_id": "s1"})
    story.add(ev.NodeStarted, path="loop")
    for iteration, (text, score) in enumerate([(FIRST, 0.74), (SECOND, 0.83)], 1):
        call = f"c{iteration}"
        story.add(ev.IterationStarted, path="loop", iteration=iteration)
        story.add(ev.AgentStarted, path="loop/improver", agent="improver", iteration=iteration, stage="")
        story.call("loop/improver", call, *(f"{word} " for word in text.split()), prompt="Improve:\n\nfox")
        story.answered("loop/improver", call, text)
        story.add(
            ev.AgentCompleted,
            path="loop/improver",
            agent="improver",
            iteration=iteration,
            delta=Delta(
                set={"content": text, "quality_score": score, "iteration": iteration},
                meta_set={"loop_iteration": str(iteration)},
            ),
            duration=2.5,
        )
        story.add(ev.IterationEnded, path="loop", iteration=iteration)
    story.add(ev.IterationStarted, path="loop", iteration=3)
    story.add(ev.AgentStarted, path="loop/improver", agent="improver", iteration=3)
    story.call("loop/improver", "c3", "Once ", "upon a ", "time\n", "there was")
    return story
