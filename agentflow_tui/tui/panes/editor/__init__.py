"""The editor pane: TOML text, problems, find, drafts."""
