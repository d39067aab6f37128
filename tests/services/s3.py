"""moto as a server that speaks S3, on a free port of the loopback interface."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service import free_port, started

BUCKET = "store"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
"""Who speaks to it finds them in the environment, as with a real one."""


@dataclass(frozen=True)
class S3:
    """A server that runs: its endpoint, the options that s3fs needs, and a bucket."""

    endpoint: str
    bucket: str = BUCKET
    options: dict[str, Any] = field(default_factory=dict)

    def client(self) -> Any:
        """A client of botocore's, for what is looked at past fsspec."""
        import botocore.session

        return botocore.session.get_session().create_client(
            "s3", endpoint_url=self.endpoint, region_name="us-east-1",
            aws_access_key_id="test", aws_secret_access_key="test",
        )  # fmt: skip


@contextmanager
def running(folder: Path) -> Iterator[S3]:
    """Start it, with an empty bucket, and stop it at the end."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with started(command, folder, port):
        endpoint = f"http://127.0.0.1:{port}"
        options = {"endpoint_url": endpoint, "client_kwargs": {"region_name": "us-east-1"}}
        server = S3(endpoint, options=options)
        server.client().create_bucket(Bucket=BUCKET)
        yield server
