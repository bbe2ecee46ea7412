"""The screenshot tour: the real window over a real studio and practice endpoint, walked through scene by scene.

`python -m tests.tour DIR` writes DIR/<scene>-<look>-<scale>.png, both looks at 100 % and 200 %, and DIR/tour.json.
Each combination runs in a process of its own, since Qt takes its scale once, at the start.
"""
