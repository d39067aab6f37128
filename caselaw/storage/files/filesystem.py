"""The file system of a store: which one speaks its scheme, and with which options."""

from __future__ import annotations

from typing import Any

from caselaw.config import StoreSettings
from caselaw.errors import ConfigError
from caselaw.storage.files.schemes import require_library

BY_URL = ("dav", "davs")
LISTINGS_EXPIRE = 60.0  # seconds: what others publish meanwhile is seen then


def file_system(settings: StoreSettings) -> Any:
    """The fsspec file system of a store. Raises `ConfigError` where its library is missing or an option unknown."""
    scheme = settings.root.partition("://")[0]
    require_library(scheme, settings.name)
    try:
        if scheme in BY_URL:
            from griddav import WebDavFileSystem

            return WebDavFileSystem(settings.root, **persistent(settings), **settings.options)
        import fsspec

        options = persistent(settings) if scheme == "dcache" else {"use_listings_cache": False}
        return fsspec.core.url_to_fs(settings.root, **options, **settings.options)[0]
    except (TypeError, ValueError) as error:
        raise ConfigError(f"the store cannot be opened: {error}", settings.name, "correct its options") from error


def persistent(settings: StoreSettings) -> dict[str, Any]:
    """Options of our own file systems: they ask again, at other doors, and remember listings for a while."""
    from griddav.http.retry import Retry

    return {
        "retry": Retry(attempts=None, deadline=settings.patience),
        "doors": settings.doors_by_operation or settings.doors,
        "use_listings_cache": True, "listings_expiry_time": LISTINGS_EXPIRE,
    }  # fmt: skip
