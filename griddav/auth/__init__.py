"""Who we are for a server: tokens, macaroons, certificates, passwords."""
