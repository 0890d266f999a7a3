"""`agentflow-tui model`: the embedded model's weights."""

from __future__ import annotations

import asyncio
import sys

import typer

from agentflow_tui.cli.exit_code import CANCELLED, FAILED
from agentflow_tui.cli.printer import complain, say_line

app = typer.Typer(help="Fetch and list the embedded models.", no_args_is_help=True, rich_markup_mode=None)

_WIDTH = 30


@app.command("list")
def list_models() -> None:
    """List the embedded models and whether they are here."""
    from agentflow_tui.llm.weights import GET_COMMAND, SMOLLM2

    state = f"here, {SMOLLM2.path()}" if SMOLLM2.are_present() else f"not fetched: {GET_COMMAND}"
    say_line(f"{SMOLLM2.name}  {SMOLLM2.note}, {SMOLLM2.megabytes} MB, {SMOLLM2.licence}  ({state})")


@app.command("get")
def get() -> None:
    """Fetch the weights of the tiny demo model once, checked by hash."""
    from agentflow_tui.llm.model_error import ModelError
    from agentflow_tui.llm.weights import SMOLLM2

    was_here = SMOLLM2.are_present()
    try:
        path = asyncio.run(SMOLLM2.fetch(progress=_show if sys.stderr.isatty() else None))
    except ModelError as error:
        _end_bar(was_here)
        complain(f"✗ {error.message}")
        complain(error.hint)
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt:
        _end_bar(was_here)
        complain("cancelled; nothing was kept")
        raise typer.Exit(CANCELLED) from None
    _end_bar(was_here)
    say_line(f"{SMOLLM2.name} is {'already here' if was_here else 'ready'}: {path}")


def _show(done: int, total: int | None) -> None:
    share = min(1.0, done / total) if total else 0.0
    bar = ("█" * round(share * _WIDTH)).ljust(_WIDTH, "░")
    megabytes = f"{done // 1_000_000} of {(total or 0) // 1_000_000} MB"
    sys.stderr.write(f"\r{bar} {share:4.0%} {megabytes}")
    sys.stderr.flush()


def _end_bar(was_here: bool) -> None:
    if sys.stderr.isatty() and not was_here:
        sys.stderr.write("\n")
