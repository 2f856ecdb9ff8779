"""The English edition: a catalogue of our words, and what puts them on a finished sheet."""
