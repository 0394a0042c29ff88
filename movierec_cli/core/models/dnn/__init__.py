"""The dnn: users and films in one vector space."""
