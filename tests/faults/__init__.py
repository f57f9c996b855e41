"""The server under every fault that could be thought of."""
