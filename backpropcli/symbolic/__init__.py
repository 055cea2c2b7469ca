"""Formulas as trees: textbook lines and the nodes of graphs read into them, simplified, filled in, and printed."""
