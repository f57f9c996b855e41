"""What is measured of the offline type hints: six packages, stripped, and who fills them again."""
