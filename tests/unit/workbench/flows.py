"""Flows that several tests of the workbench run."""

from __future__ import annotations

LOOP = """
# When to choose it: for tests.
# Try it with: {"content": "draft"}
[agent_flow]
name = "polish"
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "loop"
loop_agent = "writer"
max_iterations = 3
[orchestration.loop]
condition = "score >= threshold"
[agents.writer]
prompt = "Text: {content}"
output = { content = "string", score = "number" }
[providers.scripted]
answers = [
  '{"content": "one", "score": 1}',
  '{"content": "two", "score": 2}',
  '{"content": "three", "score": 3}',
]
"""
TEAM = """
[llm]
provider = "scripted"
model = "script"
[orchestration]
mode = "collaborative"
[agents.left]
prompt = "left of {message}"
[agents.right]
prompt = "right of {message}"
[providers.scripted]
answers = ["an answer", "another"]
"""
