"""Each command of ``goescape``, from its arguments to its exit code; loaded when it is run."""
