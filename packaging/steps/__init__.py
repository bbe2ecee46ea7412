"""What `dev.py` does, step by step, with the standard library alone: it runs before anything is installed.

commands         the words one can say, and what each of them needs
environment      `.venv` with exactly the locked versions
system_packages  the libraries and programs that come from the operating system
display          whether a window could open here
checks           ruff, pyright and import-linter, side by side
locking          writing the lock files anew
places           where everything lies
"""
