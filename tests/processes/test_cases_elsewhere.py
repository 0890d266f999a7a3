"""The tests of a flow on a machine that knows nothing of the one they were saved on."""

from __future__ import annotations

from tests.unit.cli.program import program
from tests.unit.cli.test_cases_command import FLOW, Desk, desk

__all__ = ["desk"]


def test_a_remark_or_another_machine_changes_nothing(desk: Desk) -> None:
    desk("save-test", desk.ran())
    desk.flow.write_text(f"# A remark.\n{FLOW}")
    # Nothing of this machine is needed: neither stored runs nor the model that was chosen by a variable.
    done = program("test", env={"HOME": str(desk.folder.parent / "other"), "PATH": ""}, folder=desk.folder)
    assert (done.returncode, done.stderr) == (0, "")
