/**
 * Calls to upstreams, and the only ones: connections, redirects, credentials, timeouts, breakers and budgets. What is
 * fetched from git repositories is a matter of {@code upstream.git}.
 */
@NullMarked
package gateway.upstream;

import org.jspecify.annotations.NullMarked;
