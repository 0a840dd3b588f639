"""Looks of the leader beside all runs: at watches, and for schedules that fire by what is found."""
