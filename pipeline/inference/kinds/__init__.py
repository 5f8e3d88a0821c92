"""What files are that people take for models, and what nearly is one."""
