"""PulseAudio, or PipeWire in its place: microphones in, a microphone of our own and loudspeakers out."""
