"""What is shown outside of editors and terminals: pages in HTML, without scripts or network."""
