"""SD Studio: iterate visually with Stable Diffusion through any AUTOMATIC1111-compatible endpoint.

The map of the house; a module imports downwards only (checked by import-linter):

    __main__   the command line's door: parses, installs crash hooks, picks a command
    cli        the commands without a window: generate
    app        the window's composition root: Qt application, event loop, ordered shutdown
    ui         everything with Qt: main window, generate, canvas, queue, history, endpoints
    studio     the long-lived objects without Qt, made and closed in order
    jobs       what is to be made: queue, journal, runner
    api        the endpoint over HTTP (the only importer of httpx)
    library    the history on disk (the only importer of sqlite3)
    config     paths, settings, credentials (the only importer of keyring), logging
    practice   the embedded practice endpoint; knows core alone, started by __main__ alone
    core       words of the domain: requests, results, infotext, geometry, errors, signals
"""

__version__ = "0.1.0"
