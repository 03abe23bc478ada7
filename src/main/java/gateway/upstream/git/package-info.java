/**
 * Git repositories as upstreams that speak the protocol of Go module proxies, and pack commits.
 *
 * <p>{@code GitUpstreams} keeps a {@code Mirror} of each and answers from it; {@code Modules} knows the rules of versions.
 * {@code GitArchives} packs what a tag or branch stands for.
 * JGit is loaded only when the first such upstream is asked.
 */
@NullMarked
package gateway.upstream.git;

import org.jspecify.annotations.NullMarked;
