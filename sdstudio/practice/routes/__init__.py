"""The routes by subject. Each module has one function that makes a router for a `PracticeEndpoint`."""
