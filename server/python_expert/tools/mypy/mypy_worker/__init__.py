"""The mypy worker: checks unsaved buffers with mypy's fine-grained engine.

A child process, run by the interpreter that has the project's mypy (Python 3.10 or later);
`foreign` starts it. It imports the standard library, mypy and `wire`, nothing else. It speaks
JSON-RPC 2.0, framed as in LSP, on standard input and output:

    start {root, args, plugins, variant?, floor?} -> {mypy, warnings}
    open, change {path, text, version}   the last text before a check counts
    close {path}                         back to what is on disk, if anything is
    disk {}                              files changed on disk
    rebuild {}                           start from scratch
    check {}                          -> {variant, settled, files}: the buffers with news
    what_if {path, text}              -> {files}: all buffers, were `text` that of a file; or
                                         {lowered}: to be asked of a worker with `floor`, for which
                                         no option has mypy find less than by default
    types {path, text}                -> {known, functions}: which hints the functions of a file
                                         could have, were `text` that of it; see `inference`
    settled {variant, settled, files}    told to the parent after a pause, if not all was settled
    written {}                           told to the parent after a pause: the program is cached
    progress {message, done, total}      told to the parent while a build reads files

`files` is `{path: {version, parsed, findings}}`. Lines are 0-based and LSP's own; columns are
0-based UTF-8 bytes, or -1 where mypy knows none. An error's `data.kind` is "config", "version",
"selftest" or "internal"; after "internal" mypy's state is lost and the process ends with status
70. It ends at once when its input does.

There are two variants of checking an edit. "d1" has mypy update the edited module and, in the
same step, all that depends on it. "d2" checks only those functions of the edited module that the
edit can have an effect on, and the rest of the project once nothing has come for a while.
"""
