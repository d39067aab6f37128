"""Files and folders on their way between stores, wherever those are: looked at, copied, compared."""
