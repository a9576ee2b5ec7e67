"""What is measured of speed and size; timing is never asserted in a test. Run: make bench."""
