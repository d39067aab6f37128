"""The base classes of tasks: `caselaw.Task` and `caselaw.Workflow`."""
