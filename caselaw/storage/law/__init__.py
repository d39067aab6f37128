"""Storage for plain law projects: targets on dCache, WebDAV, XRootD and S3 by one section of law.cfg."""

from caselaw.storage.law.filesystem import StoreFileSystem
from caselaw.storage.law.interface import StoreFileInterface
from caselaw.storage.law.target import StoreDirectoryTarget, StoreFileTarget

__all__ = ["StoreDirectoryTarget", "StoreFileInterface", "StoreFileSystem", "StoreFileTarget"]
