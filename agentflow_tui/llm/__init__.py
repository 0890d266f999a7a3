"""Language models behind one protocol: local, remote, embedded and recorded."""
