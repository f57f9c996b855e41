"""Notebooks: the client has cells, the rest of the server has one program per notebook."""
