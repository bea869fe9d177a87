"""What every test run has."""

from tests.emulators import pytest_terminal_summary as pytest_terminal_summary
