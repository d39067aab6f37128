"""The file system of a store: which one speaks its scheme, and with which options."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from caselaw.config import StoreSettings
from caselaw.errors import CaselawError, ConfigError, StoreUnavailable

WEBDAV = ("dav", "davs")
ADVICE = "check that the server is up and its address right, then run again; nothing that was published is lost"
EXTRAS = {"dav": "dcache", "davs": "dcache", "dcache": "dcache", "root": "xrootd", "s3": "s3"}
MANY = 1000
"""More attempts than anybody waits for: how long a store is asked again is a matter of its `patience`."""


def file_system(settings: StoreSettings) -> Any:
    """The fsspec file system of a store. Raises `ConfigError` where its library is missing or an option unknown."""
    scheme = settings.root.partition("://")[0]
    options: dict[str, Any] = {key: value for key, value in settings.options.items() if key != "password_file"}
    options |= secrets(settings)
    try:
        if scheme in WEBDAV:
            from caselaw.storage.webdav import WebDavFileSystem
            from caselaw.storage.webdav.retry import Retry

            retry = Retry(attempts=MANY, deadline=settings.patience)
            return WebDavFileSystem(server(settings.root), retry=retry, doors=settings.doors, **options)
        if scheme == "dcache":
            from caselaw.storage.webdav.retry import Retry

            options |= {"retry": Retry(attempts=MANY, deadline=settings.patience), "doors": settings.doors}
        import fsspec

        return fsspec.core.url_to_fs(settings.root, **options)[0]
    except ImportError as error:
        extra = EXTRAS.get(scheme)
        advice = f"pip install 'caselaw[{extra}]'" if extra else f"install a package that gives fsspec '{scheme}://'"
        raise ConfigError(f"the library for {scheme}:// is missing ({error})", settings.name, advice) from error
    except (TypeError, ValueError) as error:
        raise ConfigError(f"the store cannot be opened: {error}", settings.name, "correct its options") from error


def server(url: str) -> str:
    """`davs://host:port` of a URL."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def secrets(settings: StoreSettings) -> dict[str, str]:
    """The password, from its file."""
    file = settings.options.get("password_file")
    if file is None:
        return {}
    try:
        return {"password": Path(file).read_text(encoding="utf-8").strip()}
    except OSError as error:
        raise StoreUnavailable(f"the password cannot be read: {error.strerror}", file, "check the file") from error


FAULTS = (TypeError, AttributeError, NameError, AssertionError, NotImplementedError)
"""Errors of a program, not of a server."""


@contextlib.contextmanager
def clear_answers(url: str) -> Iterator[None]:
    """Only `FileNotFoundError` means missing; whatever else a library raises, the store did not say."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, CaselawError, *FAULTS):
        raise
    except Exception as error:
        what = f"the store did not answer: {type(error).__name__}: {error}"
        raise StoreUnavailable(what, url, ADVICE) from error
