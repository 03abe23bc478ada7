/**
 * The only HTTP client: connections, redirects, credentials, timeouts, breakers and budgets towards upstreams.
 */
@NullMarked
package gateway.upstream;

import org.jspecify.annotations.NullMarked;
