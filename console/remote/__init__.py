"""Control from outside: a session lends itself to other processes of the same user through a local socket."""
