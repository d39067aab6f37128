"""Schemes of URLs that are treated alike, and what has to be installed for each."""

from __future__ import annotations

from caselaw.config.address import scheme_of
from caselaw.config.client_options import WEBDAV
from caselaw.errors import ConfigError

OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs"})
"""Object stores: an object is there when it is whole, none is renamed, and there are no folders."""
EXTRAS = {**dict.fromkeys(WEBDAV, "dcache"), "root": "xrootd", "s3": "s3", "s3a": "s3"}


__all__ = ["EXTRAS", "OBJECTS", "WEBDAV", "may_have_tapes", "require_library", "scheme_of"]


def may_have_tapes(url: str) -> bool:
    """Whether what a URL means lies on a kind of server that may have tapes."""
    return scheme_of(url) in WEBDAV


def require_library(url: str, where: str) -> None:
    """Raises `ConfigError`, with what to install, for a URL whose scheme no installed package knows."""
    import fsspec

    scheme = scheme_of(url)

    try:
        if scheme in WEBDAV:
            import griddav.filesystem  # noqa: F401
        fsspec.get_filesystem_class(scheme)
    except (ImportError, ValueError) as error:
        extra = EXTRAS.get(scheme)
        advice = f"pip install 'caselaw[{extra}]'" if extra else f"install a package that gives fsspec '{scheme}://'"
        raise ConfigError(f"the library for {scheme}:// is missing ({error})", where, advice) from error
