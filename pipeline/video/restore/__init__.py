"""Networks that add detail to a finished face."""
