"""Whether gradients are right: answers against numbers, and every gradient against an independent derivative."""
