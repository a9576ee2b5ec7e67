"""Makes the sample study's raw files: a seeded town of water customers whose truth is known. Knows no other room."""
