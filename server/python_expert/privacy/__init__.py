"""What may leave the machine: of which files, and with which words replaced."""
