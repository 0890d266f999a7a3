from __future__ import annotations

import subprocess
import sys
import uuid

from agentflow_tui.engine.new_id import new_id

FORK = """
import os
from agentflow_tui.engine.new_id import new_id
new_id()
child = os.fork()
os.write(1, f"{new_id()} ".encode())
if child:
    os.waitpid(child, 0)
"""


def test_ids_are_random_uuids_and_never_the_same() -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(one).version == 4 and str(uuid.UUID(one)) == one for one in ids)
    assert {uuid.UUID(one).variant for one in ids} == {uuid.RFC_4122}


def test_a_forked_process_gives_out_ids_of_its_own() -> None:
    done = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, check=True)
    first, second = done.stdout.split()
    assert first != second
