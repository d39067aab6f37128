"""Stores on servers: dCache, XRootD, EOS, WebDAV, S3."""
