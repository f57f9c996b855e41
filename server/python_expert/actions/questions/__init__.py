"""What the actions' questions to a model and the answers have in common."""
