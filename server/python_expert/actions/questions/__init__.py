"""What the actions have in common of what a model is asked and answers."""
