"""The file system of a store: which one speaks its scheme, and with which options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from caselaw.config import StoreSettings
from caselaw.errors import ConfigError
from caselaw.storage.files.schemes import WEBDAV, require_library, scheme_of

LISTINGS_EXPIRE = 60.0  # seconds: what others publish meanwhile is seen then


def file_system(settings: StoreSettings) -> Any:
    """The fsspec file system of a store. Raises `ConfigError` where its library is missing or an option unknown."""
    require_library(settings.root, settings.name)
    try:
        return opened(settings.root, options_of(settings.root, persistent(settings), settings.options))
    except (TypeError, ValueError) as error:
        raise ConfigError(f"the store cannot be opened: {error}", settings.name, "correct its options") from error


def opened(url: str, options: Mapping[str, Any]) -> Any:
    """The file system of a URL. Of our own, its folder is the root, as it is at all other doors.

    Raises `TypeError` and `ValueError` for options that do not fit.
    """
    scheme = scheme_of(url)
    if scheme in ("dav", "davs"):
        from griddav import WebDavFileSystem

        return WebDavFileSystem(url, **options)
    if scheme == "dcache":
        from griddav.dcache import DCacheFileSystem
        from griddav.dcache.addresses import door_url

        door = door_url(url)
        if "://" in door:  # which is no path alone
            return DCacheFileSystem(**{"webdav_url": door, **options})
    import fsspec

    return fsspec.core.url_to_fs(url, **options)[0]


def options_of(url: str, own: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of the file system of a URL: `own` are for our own client, `given` for whichever it is."""
    of_url = own if scheme_of(url) in WEBDAV else {"use_listings_cache": False}  # what another process writes is seen
    return {**of_url, **given}


def persistent(settings: StoreSettings) -> dict[str, Any]:
    """Options of our own file systems: they ask again, at other doors, and remember listings for a while."""
    return {
        **asking_again(settings),
        "use_listings_cache": True, "listings_expiry_time": LISTINGS_EXPIRE,
    }  # fmt: skip


def asking_again(settings: StoreSettings) -> dict[str, Any]:
    """How long a question is asked, and at which doors."""
    doors = settings.doors_by_operation or settings.doors
    return {"attempts": None, "deadline": settings.patience, "doors": doors}
