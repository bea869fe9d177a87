"""What every test run has."""

from hypothesis import settings

from tests.emulators import pytest_terminal_summary as pytest_terminal_summary

# The same examples each time, and none too slow on a busy machine: what was green stays green.
# `--hypothesis-profile=default` looks further.
settings.load_profile("ci")
