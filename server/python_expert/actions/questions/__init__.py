"""Code that the actions' questions to a model and the answers share."""
