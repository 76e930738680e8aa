"""Where bytes come from: one file each."""
