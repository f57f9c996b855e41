"""Proposals without a key and without a network: by rule and by inference."""
