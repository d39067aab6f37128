"""What tasks run in: the sandboxes of law, entered by whichever process runs a branch."""
