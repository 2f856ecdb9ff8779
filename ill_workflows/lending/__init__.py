"""What waits for somebody, and when one writes about it.  Pure."""
