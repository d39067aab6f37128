"""The report of a campaign: one HTML page that needs nothing but itself."""
