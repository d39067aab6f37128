"""The command line: `caselaw …`."""
