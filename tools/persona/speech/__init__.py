"""The demo actor's voice: a formant synthesiser that reads the same timeline as the lips. Nobody was recorded."""
