"""The far side: a session of another process on a screen of this one."""
