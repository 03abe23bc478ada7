/**
 * Real package managers against the real gateway, started as users start it.
 *
 * <p>{@link gateway.clients.ClientContract} writes the situations down once; a test class per package manager says how
 * that one is pointed at the gateway and what it installs. Each run of a client has an empty {@link
 * gateway.clients.Home}, {@link gateway.clients.Tools} finds the clients or installs them, {@link
 * gateway.clients.GatewayProcess} is the gateway, and {@link gateway.clients.Relay} the upstream that spoils a file.
 */
@NullMarked
package gateway.clients;

import org.jspecify.annotations.NullMarked;
