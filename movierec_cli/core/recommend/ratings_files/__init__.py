"""People's own ratings, read from exports of film sites and from spreadsheets."""
