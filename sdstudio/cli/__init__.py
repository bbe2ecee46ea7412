"""The commands without a window: their arguments, and `generate`.

Not here: `serve`, whose arguments and doing are the practice endpoint's own, and the door in `sdstudio.__main__`.
"""
