"""When and in which process a run works. Door: `supervisor.Supervisor`, which `runapscheduler` runs."""
