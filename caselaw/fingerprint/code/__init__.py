"""The code part of a fingerprint: the symbols that a task reaches, from source alone.

A file is read once (`sources`: parsed, and kept as a `table` of its symbols with what each refers to); then
`search` follows these references from the task, by way of `resolution`; `closure` is the result.
"""
