"""A version's page: what it is, how it compares, its card, a form to try it. Door: `pages.VersionPages`."""
