"""dCache for fsspec: `dcache://`, which knows tapes, and takes the arguments of dcachefs."""

from griddav.dcache.filesystem import DCacheFileSystem

__all__ = ["DCacheFileSystem"]
