"""What is kept beside the history: paths, settings, drafts, the token, logs. The only importer of keyring."""
