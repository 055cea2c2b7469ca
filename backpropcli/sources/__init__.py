"""Where values come from: numbers and arrays as text, and arrays in files."""
