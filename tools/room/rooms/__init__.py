"""The rooms themselves: what stands where, and how each is lit and photographed."""
