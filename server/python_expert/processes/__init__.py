"""Starting, restarting and ending child processes, and communicating with them."""
