"""Small reads of a snapshot or a result into the frozen values that painters draw."""
