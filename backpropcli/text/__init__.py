"""What every floor needs to write text: numbers, escapes for where it goes, widths, and the record of a format."""
