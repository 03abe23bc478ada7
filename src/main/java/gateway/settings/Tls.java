package gateway.settings;

import java.nio.file.Path;

/**
 * TLS on the gateway itself: two files in PEM, read again when they change.
 *
 * @param certificate the server's own first, then those that lead to its authority
 * @param key in PKCS#8, PKCS#1 or SEC 1, without a password
 */
public record Tls(Path certificate, Path key) {}
