"""What may leave the machine: the files that are allowed, with secrets replaced."""
