"""Tables in, tables out: the value and the gradients of a scenario for every row of a table."""
