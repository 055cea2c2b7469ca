"""What every floor needs to write text: numbers, escapes, widths, and the record of a format."""
