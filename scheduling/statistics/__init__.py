"""The methods behind the checks, on plain arrays; `docs/checks.md` tells their error rates."""
