"""Procedural surfaces: tileable pictures of wood, plaster, brick, cloth, prints, book spines and views."""
