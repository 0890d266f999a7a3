"""What the Ollama client raises, told in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING

from agentflow_tui.llm.model_error import ModelError, category_of_status, retry_after_seconds
from agentflow_tui.llm.server_address import ServerAddress

if TYPE_CHECKING:
    from ollama import ResponseError

_IN_STREAM = -1
_NOT_FOUND = 404


@contextmanager
def ollama_failures(address: ServerAddress, model: str) -> Iterator[None]:
    """Turn every failure of the client 0.6 that was seen, documented or not, into a `ModelError`."""
    import httpx
    from ollama import ResponseError
    from pydantic import ValidationError

    try:
        yield
    except ResponseError as error:
        raise _refusal(error, address, model) from error
    except httpx.ConnectTimeout as error:
        raise not_running(address) from error
    except httpx.TimeoutException as error:
        raise ModelError(
            f"Ollama at {address.url} did not take the request in time",
            category="timeout",
            hint="look at the server's load, and run again",
        ) from error
    except (httpx.ConnectError, ConnectionError) as error:
        raise not_running(address) from error
    except httpx.HTTPError as error:
        raise ModelError(
            f"the connection to Ollama at {address.url} broke off",
            category="network",
            hint="run again; if the server is gone: ollama serve",
        ) from error
    except (JSONDecodeError, ValidationError, AttributeError, TypeError) as error:
        # AttributeError and TypeError: the client takes any JSON in an answer for an object.
        raise ModelError(
            f"what answers at {address.url} does not talk like Ollama",
            category="llm",
            hint="check base_url in [providers.ollama] and OLLAMA_HOST: another server, or a login page?",
        ) from error


def not_running(address: ServerAddress) -> ModelError:
    """Return the error for an address where nothing answers."""
    remote = f"check that Ollama runs at {address.url} (base_url in [providers.ollama], or OLLAMA_HOST)"
    return ModelError(
        f"Ollama is not running at {address.url}",
        category="network",
        hint="start it: ollama serve" if address.is_loopback else remote,
    )


def not_pulled(address: ServerAddress, model: str) -> ModelError:
    """Return the error for a model that the server does not have."""
    return ModelError(
        f"Ollama at {address.url} has no model {model!r}",
        category="validation",
        hint=f"fetch it: ollama pull {model}",
    )


def _refusal(error: ResponseError, address: ServerAddress, model: str) -> ModelError:
    import httpx

    text = _text(error)
    status = error.status_code
    if status == _NOT_FOUND and "not found" in text.lower() and "model" in text.lower():
        return not_pulled(address, model)
    category = "llm" if status == _IN_STREAM else category_of_status(status)
    hint = "the server's log says more (ollama serve)"
    if "memory" in text.lower():
        category, hint = "resource", "use a smaller model, or free some memory"
    elif category == "auth":
        hint = "export OLLAMA_API_KEY=<your key>"
    elif category == "rate_limit":
        hint = "lower max_concurrency, or raise OLLAMA_NUM_PARALLEL or OLLAMA_MAX_QUEUE of the server"
    elif status == _NOT_FOUND:
        hint = "check base_url in [providers.ollama] and OLLAMA_HOST: is that an Ollama server?"
    # The client drops the response, but Python keeps what was being handled.
    handled = error.__context__
    headers = handled.response.headers if isinstance(handled, httpx.HTTPStatusError) else {}
    said = f": {text}" if text else ""
    number = "" if status == _IN_STREAM else f" with status {status}"
    return ModelError(
        f"Ollama at {address.url} failed{number}{said}",
        category=category,
        hint=hint,
        retry_after=retry_after_seconds(headers.get("retry-after")),
    )


def _text(error: ResponseError) -> str:
    said: object = error.error
    if isinstance(said, dict):
        said = said.get("message", "")
    # A whole page of HTML helps nobody.
    return str(said).strip()[:500] if not str(said).lstrip().startswith("<") else ""
