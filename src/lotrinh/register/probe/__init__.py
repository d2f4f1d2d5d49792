"""The probe: asks given endpoints, and nothing else, which TLS or SSH they agree on."""
