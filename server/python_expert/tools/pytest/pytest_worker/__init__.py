"""The process in which a project's tests run, with the project's Python.

It imports only the standard library, pytest and `wire`. It speaks JSON-RPC 2.0 in LSP's framing on
its standard streams, runs tests once, and is not used again, so that no run sees the imports and
changes of an earlier one. It ends when its input ends.

start {}
    Import pytest. The answer is {pytest, python}, their versions.
run {paths: [a file or folder, or ``file::Class::test``], texts: {file: text}, cache,
     measured, covered}
    Run tests. The texts are the editor's unsaved texts; they replace these files. ``cache`` is the
    folder of pytest's cache, and ``measured`` a file for coverage.py's data, which does not exist
    yet. ``covered`` is true if coverage is requested, which takes longer to measure. The answer is
    {status, message}: pytest's exit status, and its message if it could not run.

These notifications are sent during a run:

started {id, file, line, …}
    A test begins.
finished {id, file, line, outcome, seconds, message, frames, output}
    A test has ended: passed, failed, error (in a fixture) or skipped. ``id`` is the id within the
    file, ``Class::test[1]``; ``line`` is the 0-based line of the test. ``message`` describes the
    failure; the frames are [file, 0-based line, function], outermost first; ``output`` is the
    traceback as pytest shows it, and the end of the captured output.
unreadable {file, line, message, frames}
    A file cannot be collected.
counted {ran, deselected}
    The run has ended: the number of tests that were called (including expected failures, and tests
    that failed in their setup), and the number of tests that the options deselected.
ran {lines: {test: {file: [line]}}, loaded: [file]}
    The executed code: for each test (``file::Class::test[1]``) the 0-based lines, if the project
    has coverage.py; and the project's files that were imported.
covered {arcs: {file: [[line, line]]}, ran: {test: {file: bits}}, files, stopped, branch, options}
    or {fault}
    The coverage, if it was requested: the steps from line to line in each file, 1-based as in
    coverage.py; the steps that each test has executed (``bits`` is hexadecimal, with a bit for each
    step; an empty test name stands for code outside of tests); all files that the project's
    settings measure; whether the run ended early; whether branches count; and the configuration of
    pytest-cov.
"""
