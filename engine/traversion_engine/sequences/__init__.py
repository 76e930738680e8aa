"""Where events follow each other as a pattern says: sorted joins on positions, no walk of rows."""
