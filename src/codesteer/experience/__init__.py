"""Verified experience: what earlier runs learnt, kept in a LangGraph store and proved again before it is used."""
