"""Parts with known features: every kind of part at random sizes and in random positions."""
