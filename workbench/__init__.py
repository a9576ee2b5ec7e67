"""The words an analyst types, and nothing else."""

__version__ = "0.1.0"
