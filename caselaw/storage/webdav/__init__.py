"""WebDAV storage for fsspec: `davs://` and `dav://`."""

from caselaw.storage.webdav.filesystem import WebDavFileSystem

__all__ = ["WebDavFileSystem"]
