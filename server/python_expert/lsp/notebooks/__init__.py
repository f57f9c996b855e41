"""Notebooks: the client sees cells, the rest of the server one program for each notebook."""
