"""What is hashed is what runs: the modules in memory are held against the sources that were counted.

`notes` remembers what each module was loaded from, `differences` compares it with a closure, `refusal` says so.
"""
