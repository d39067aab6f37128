#!/usr/bin/env bash
# rclone, which serves a folder through WebDAV: tests and benchmarks of storage start it (rclone.py).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source ./apt.sh

works() { command -v rclone >/dev/null; }
provide rclone rclone
