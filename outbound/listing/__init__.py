"""What a row of an imported list must be to become a lead."""
