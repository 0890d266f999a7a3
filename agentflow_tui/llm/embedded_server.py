"""The embedded model's own process: llama.cpp's server on loopback, while its standard input is open.

It reads one JSON line from standard input (`gguf`, `alias`, `key`, `parallel`, `context`, `threads`) and
writes one to standard output: `{"url": …, "is_guided": …}` when it serves (the second tells whether it takes
llguidance's grammars), or `{"error": …, "detail": …}` when it cannot.
It imports nothing of this package, so that it can be started by its path.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any


def main() -> int:
    """Serve until the parent closes our input, which it does by dying too; return the exit status."""
    wishes = json.loads(sys.stdin.readline())
    # The engine prints to the same descriptors; only our line may reach the parent.
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    # A thread, because loading takes a while and the parent may be gone by then.
    watcher = threading.Thread(target=_exit_with_parent, daemon=True)
    watcher.start()
    try:
        server = _serve(wishes)
        is_guided = _is_guided()
    except (ImportError, RuntimeError, ValueError, OSError) as error:
        print(json.dumps({"error": type(error).__name__, "detail": str(error)}), file=reply, flush=True)
        return 1
    print(json.dumps({"url": server.listening_address, "is_guided": is_guided}), file=reply, flush=True)
    watcher.join()
    return 0


def _serve(wishes: dict[str, Any]) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = wishes["gguf"]
    params.model_alias = {wishes["alias"]}
    params.api_keys = [wishes["key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_parallel = wishes["parallel"]
    # The engine divides the context among its slots.
    params.n_ctx = wishes["context"] * wishes["parallel"]
    params.cpuparams.n_threads = wishes["threads"]
    params.cpuparams_batch.n_threads = wishes["threads"]
    params.use_jinja = True
    params.ui = False
    params.endpoint_slots = False
    return xllamacpp.Server(params)


def _is_guided() -> bool:
    import xllamacpp

    # Schemas are turned into whichever kind of grammar the engine was built for.
    grammar: str = xllamacpp.json_schema_to_grammar("{}")
    return grammar.startswith("%llguidance")


def _exit_with_parent() -> None:
    sys.stdin.read()
    # The engine's threads do not end by themselves.
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
