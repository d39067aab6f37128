"""What can go wrong while events are generated."""


class GenerationError(RuntimeError):
    """Pythia refuses a setting, does not initialise, or stops delivering events."""
