"""The mixer: strips, meters, inserts and their parameters."""
