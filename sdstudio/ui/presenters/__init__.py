"""What the window's parts do together: each presenter joins some widgets to some of the studio.

A presenter holds no state that a widget or the studio owns; widgets know no studio, the studio no widgets.
"""
