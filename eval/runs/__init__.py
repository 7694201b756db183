"""Runs of a set: from the first case to files, comparisons, reports and a calibration."""
