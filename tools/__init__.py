"""Development tools: the programs that make the pictures and models that ship; nothing of the product imports them."""
