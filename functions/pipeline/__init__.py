"""What the platform calls: pushed tasks and the scheduler."""
