"""dCache for fsspec: `dcache://`, which knows tapes, and takes the arguments of dcachefs."""

from caselaw.storage.dcache.filesystem import DCacheFileSystem

__all__ = ["DCacheFileSystem"]
