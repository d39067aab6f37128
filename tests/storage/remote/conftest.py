"""Law projects whose store is on a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects_on_servers import OnServer


@pytest.fixture(params=["apache", "xrootd", "double"])
def on_server(request: pytest.FixtureRequest, project, tmp_path: Path) -> OnServer:
    """A project whose store is a folder of its own on the server."""
    made = OnServer.of(project, request.getfixturevalue(request.param), tmp_path.name)
    made.use()
    work = getattr(request.module, "WORK", None)
    if work is not None:
        made.write("work.py", work)
    return made
