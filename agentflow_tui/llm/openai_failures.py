"""What the OpenAI client raises, told in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING

from agentflow_tui.llm.model_error import ModelError, category_of_status, retry_after_seconds

if TYPE_CHECKING:
    from openai import APIStatusError

    from agentflow_tui.llm.openai_provider import OpenAIEndpoint

_NOT_FOUND = 404


@contextmanager
def openai_failures(endpoint: OpenAIEndpoint, model: str) -> Iterator[None]:
    """Turn every failure of the client 3 into a `ModelError` that never holds the key."""
    import openai
    from pydantic import ValidationError

    who = f"{endpoint.name} at {endpoint.address.url}"
    try:
        yield
    except openai.APIStatusError as error:
        raise _refusal(error, endpoint, model) from error
    except openai.APITimeoutError as error:
        raise ModelError(
            f"{who} did not answer in time", category="timeout", hint="check base_url and the network"
        ) from error
    except openai.APIConnectionError as error:
        raise ModelError(
            f"no connection to {who}, or it broke off",
            category="network",
            hint="check that the server runs, base_url and the network",
        ) from error
    except openai.APIError as error:
        # The server reported it in the middle of the answer.
        raise ModelError(
            f"{who} failed while answering{_said(error.body, endpoint)}",
            category="llm",
            hint="run again",
        ) from error
    except (JSONDecodeError, ValidationError, AttributeError, TypeError) as error:
        # AttributeError and TypeError: the client takes any JSON in an answer for an object.
        raise ModelError(
            f"{who} answered, but not like an OpenAI-compatible server",
            category="llm",
            hint="check base_url: it usually ends in /v1",
        ) from error


def _refusal(error: APIStatusError, endpoint: OpenAIEndpoint, model: str) -> ModelError:
    category = category_of_status(error.status_code)
    hint = "run again later"
    if error.code == "insufficient_quota":
        category, hint = "resource", "the account has no credit left; add some, or use another provider"
    elif category == "auth":
        hint = f"export {endpoint.key_variable}=<your key>"
    elif error.status_code == _NOT_FOUND:
        hint = f"check the model's name ({model}) and base_url"
    elif category == "validation":
        hint = "the server's text says what it does not accept"
    elif category == "rate_limit":
        hint = "lower max_concurrency, or set [agents.X.rate_limit]"
    return ModelError(
        f"{endpoint.name} at {endpoint.address.url} failed with status {error.status_code}"
        f"{_said(error.body, endpoint)}",
        category=category,
        hint=hint,
        retry_after=retry_after_seconds(error.response.headers.get("retry-after")),
    )


def _said(body: object, endpoint: OpenAIEndpoint) -> str:
    text = str(body.get("message") or "") if isinstance(body, dict) else ""
    if endpoint.api_key:
        text = text.replace(endpoint.api_key, "***")
    return f": {text.strip()[:500]}" if text.strip() else ""
