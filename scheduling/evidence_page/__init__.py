"""The pictures and tables that show why a run decided so. Door: `page.evidence_page`."""
