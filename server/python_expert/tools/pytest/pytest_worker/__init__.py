"""The process in which a project's tests run, with the project's Python.

It imports only the standard library, pytest and `wire`. It speaks JSON-RPC 2.0 in LSP's framing on
its standard streams, runs tests once, and is not used again: what tests have imported and changed
ends with it. It ends when its input does.

start {}
    Import pytest. The answer is {pytest, python}, their versions.
run {paths: [a file or folder, or ``file::Class::test``], texts: {file: text}, cache,
     measured, covered}
    Run tests. The texts take the place of these files: what the editor has not saved. The cache is
    a folder for what pytest remembers from run to run, ``measured`` a file that is not there yet,
    for what coverage.py measures. ``covered`` says whether coverage is wanted;
    measuring that takes longer. The answer is {status, message}: pytest's
    exit status, and its message if it could not run.

These notifications are sent meanwhile:

started {id, file, line, …}
    A test begins.
finished {id, file, line, outcome, seconds, message, frames, output}
    A test has ended: passed, failed, error (in a fixture) or skipped. The id is that within the
    file, ``Class::test[1]``; the line is 0-based, that of the test. The message says what failed;
    the frames are [file, 0-based line, function], outermost first; the output is the traceback as
    pytest shows it, and the end of what was captured.
unreadable {file, line, message, frames}
    A file cannot be collected.
counted {ran, deselected}
    The run has ended: how many tests were called, be it that they were expected to fail, or failed
    before; and how many were left out by the options.
ran {lines: {test: {file: [line]}}, loaded: [file]}
    What the tests have run: for each test (``file::Class::test[1]``) the 0-based lines, if the
    project has coverage.py, and the project's files that were imported.
covered {arcs: {file: [[line, line]]}, ran: {test: {file: bits}}, files, stopped, branch, options}
    or {fault}
    What the tests have covered, if that was wanted: the steps from line to line in each file,
    1-based as coverage.py has them; those that each test has made (``bits`` is hexadecimal, with a
    bit for each step; the test without a name is what ran outside of tests); all files that the
    project's settings measure; whether the run ended early; whether branches count; and what
    pytest-cov is configured with.
"""
