"""What `dev.py` does, step by step, with the standard library alone: it runs before anything is installed.

commands         the words one can say, and what each of them needs
environment      `.venv` with exactly the locked versions
installer        pip, for .venv and for a source archive
real_server      a server nobody here wrote, built for the tests marked `real`
system_packages  the libraries and programs that come from the operating system
display          whether a window could open here
checks           ruff, pyright and import-linter, side by side
locking          writing the lock files anew
alone            what only one call may do at a time
places           where everything lies
"""
