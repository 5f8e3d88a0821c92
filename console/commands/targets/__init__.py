"""What the commands of `understudy profiles` are made of: checking, recording, and the page of settings."""
