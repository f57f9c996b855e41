"""The process in which bandit runs, with a Python that has bandit; `worker_command` starts it.

It only imports the standard library, bandit and `wire`. It speaks JSON-RPC 2.0, framed as in LSP,
on its standard streams, and ends when its input does. These requests are supported:

``start`` {config, args}: a configuration file's path or null, and command-line arguments; comes
    first, answers {bandit, python, warnings}.
``check`` {path, text}: answers {parsed, excluded, findings, silenced}; silenced are those that a
    ``# nosec`` keeps quiet. A finding has 0-based LSP lines, and columns in UTF-8 bytes. If the
    text does not parse, ``line`` and ``message`` say where and why.
"""
