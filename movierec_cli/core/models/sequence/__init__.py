"""The sequence model: the next film, from films in the order of rating."""
