"""Devices whose conductance remembers: technologies, and arrays of individual cells."""
