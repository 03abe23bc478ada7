package gateway.project;

import gateway.settings.Secret;

/** A new token, the only time that it can be seen. */
public record Issued(TokenRow token, Secret secret) {}
