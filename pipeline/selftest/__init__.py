"""What a session does to time, from flashes and beeps that are put in at its sources and found again at its sinks."""
