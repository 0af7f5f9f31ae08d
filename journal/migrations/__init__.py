"""How a journal of an older version is brought to this one's shape, one file a step."""
