"""Parts of pages that several commands have."""
