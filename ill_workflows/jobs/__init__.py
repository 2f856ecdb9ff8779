"""One story a file, told in the order in which it happens.  Today and now are arguments."""
