"""What leaves the register: tables, calendars, statements, CycloneDX. One file for each."""
