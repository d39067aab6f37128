"""Schemes of URLs that are treated alike."""

from __future__ import annotations

WEBDAV = frozenset({"dav", "davs", "dcache"})
"""Our own file systems, which speak WebDAV."""
OBJECTS = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs"})
"""Object stores: an object is there when it is whole, none is renamed, and there are no folders."""
