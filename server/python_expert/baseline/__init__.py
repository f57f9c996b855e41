"""The known findings of a project, which are not shown, and the file that lists them."""
