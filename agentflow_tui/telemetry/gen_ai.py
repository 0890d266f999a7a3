"""Every name that spans and metrics carry: OpenTelemetry's for generative AI, and ours below them.

The `gen_ai.*` conventions are still in development and do change; this is the only place to change with them.
"""

from __future__ import annotations

from types import MappingProxyType

INVOKE_WORKFLOW = "invoke_workflow"
INVOKE_AGENT = "invoke_agent"
CHAT = "chat"

OPERATION_NAME = "gen_ai.operation.name"
WORKFLOW_NAME = "gen_ai.workflow.name"
CONVERSATION_ID = "gen_ai.conversation.id"
AGENT_NAME = "gen_ai.agent.name"
PROVIDER_NAME = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
RESPONSE_FINISH_REASONS = "gen_ai.response.finish_reasons"
RESPONSE_TIME_TO_FIRST_CHUNK = "gen_ai.response.time_to_first_chunk"
USAGE_INPUT_TOKENS = "gen_ai.usage.input_tokens"
USAGE_OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
INPUT_MESSAGES = "gen_ai.input.messages"
OUTPUT_MESSAGES = "gen_ai.output.messages"
REQUEST_PARAMETERS = MappingProxyType(
    {
        name: f"gen_ai.request.{name}"
        for name in (
            "temperature",
            "max_tokens",
            "top_p",
            "seed",
            "frequency_penalty",
            "presence_penalty",
        )
    }
)
"""A model call's parameter to its attribute; others are not exported."""
PROVIDER_NAMES = MappingProxyType({"azure": "azure.ai.openai"})
"""Where the convention has another name for a provider than we have."""
TOKEN_TYPE = "gen_ai.token.type"
INPUT = "input"
OUTPUT = "output"
ERROR_TYPE = "error.type"

TOKEN_USAGE = "gen_ai.client.token.usage"
OPERATION_DURATION = "gen_ai.client.operation.duration"

RUN_ID = "agentflow.run.id"
MODE = "agentflow.mode"
PATH = "agentflow.node.path"
SCOPE = "agentflow.scope"
ITERATION = "agentflow.iteration"
STAGE = "agentflow.stage"
STATUS = "agentflow.status"
SOURCE = "agentflow.call.source"
RECORDING = "recording"
"""A call's source when its answer was taken from an earlier run and no model was asked."""
RUNS = "agentflow.runs"
RUN_DURATION = "agentflow.run.duration"
AGENT_RUNS = "agentflow.agent.runs"
AGENT_DURATION = "agentflow.agent.duration"
AGENT_RETRIES = "agentflow.agent.retries"
AGENT_THROTTLED = "agentflow.agent.throttled"
ERRORS = "agentflow.errors"
BREAKER_STATE = "agentflow.breaker.state"
BREAKER_STATES = MappingProxyType({"closed": 0, "half_open": 1, "open": 2})
"""A gauge holds numbers."""
SPANS_LOST = "agentflow.telemetry.spans_lost"
