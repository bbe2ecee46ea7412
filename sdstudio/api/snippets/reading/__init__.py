"""Requests out of text: code, commands, payloads and recipes that people have in hand, understood and corrected.

Nothing is executed and nothing fetched. Time and memory are bounded by the text's length, whatever is in it.
The way in is `reader.read`.
"""
