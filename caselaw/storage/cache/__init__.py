"""Files that lie elsewhere, kept on this machine while there is room."""

from caselaw.storage.cache.files import FileCache

__all__ = ["FileCache"]
