"""Commands that write: each shows what it does, and none overwrites a person's prose."""
