"""Work that is done in a process of its own, because it may take that process along."""
