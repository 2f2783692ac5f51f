"""Small generated functions: what they allocate when they run, and what is said of them."""
