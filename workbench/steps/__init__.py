"""The method, in order: scope · map · measure · solutions · apply. A step looks back, never ahead."""
