"""Child processes: starting, talking to, restarting and ending them."""
