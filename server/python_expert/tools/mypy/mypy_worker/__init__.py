"""The mypy worker: checks unsaved buffers with mypy's fine-grained engine.

A child process that runs in the interpreter with the project's mypy (Python 3.10 or later);
`worker_command` starts it. It only imports the standard library, mypy and `wire`. It speaks
JSON-RPC 2.0, framed as in LSP, on standard input and output:

    start {root, args, plugins, variant?, floor?} -> {mypy, warnings}
    open, change {path, text, version}   the last text before a check counts
    close {path}                         return to the file on disk, if any
    disk {}                              files changed on disk
    rebuild {}                           build from scratch
    check {}                          -> {variant, settled, files}: the buffers with news
    what_if {path, text}              -> {files}: of all buffers, if the file had this text; or
                                         {lowered}: ask a worker with `floor`, for which no option
                                         makes mypy find less than by default
    types {path, text}                -> {known, functions}: the possible hints of the file's
                                         functions if it had this text; see `inference`
    settled {variant, settled, files}    sent to the parent after a pause, if not all was settled
    written {}                           sent to the parent after a pause: the cache is written
    progress {message, done, total}      sent to the parent while a build reads files

`files` is `{path: {version, parsed, findings}}`. Lines are 0-based and LSP's own; columns are
0-based UTF-8 bytes, or -1 if mypy knows none. An error's `data.kind` is "config", "version",
"selftest" or "internal"; after "internal" mypy's state is lost and the process ends with status
70. It ends at once when its input does.

There are two variants of checking an edit. With "d1" mypy updates the edited module and, in the
same step, all modules that depend on it. With "d2" only those functions of the edited module are
checked that the edit may affect, and the rest of the project once no message has arrived for a
while.
"""
