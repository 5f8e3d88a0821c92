"""How loud a sound is: bars for the eye, loudness for the ear, and the noise beneath."""
