"""The endpoint over HTTP: addresses, requests, answers, and what an endpoint offers.

`Client` is the way in; `Offer` says what an endpoint has; `PracticeProcess` runs the embedded one. Only
`transport` knows httpx. Nothing here knows the history on disk: answers end as files in a spool folder.
"""
