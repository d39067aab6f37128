"""Says which Python this is."""

import platform

print(platform.python_version())
