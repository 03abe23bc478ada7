package gateway.upstream.git;

import gateway.settings.Upstream;
import gateway.upstream.Reach;
import gateway.upstream.UpstreamException;
import gateway.upstream.UpstreamException.Reason;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.eclipse.jgit.errors.NoRemoteRepositoryException;
import org.eclipse.jgit.errors.RepositoryNotFoundException;
import org.jspecify.annotations.Nullable;

/** Turns what goes wrong with git into the one exception of upstreams; JGit's own texts hold URLs, which stay inside. */
final class GitFailures {

    private GitFailures() {}

    static UpstreamException of(Upstream upstream, Throwable error) {
        if (error instanceof UpstreamException known) {
            return known;
        }
        if (Reach.isRefused(error)) {
            return failure(
                    upstream,
                    Reason.FORBIDDEN_REDIRECT,
                    "leads to a private address, which network.allow_private_upstreams does not list",
                    error);
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            UpstreamException failure = known(upstream, cause);
            if (failure != null) {
                return failure;
            }
        }
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            if (text.contains("not authorized") || text.contains("authentication") || text.contains("not permitted")) {
                return failure(upstream, Reason.UNREACHABLE, "refused the gateway's user and password", error);
            }
            if (text.contains("cancelled")) {
                return failure(upstream, Reason.TIMEOUT, "took too long to fetch", error);
            }
        }
        return failure(upstream, Reason.UNREACHABLE, "cannot be read", error);
    }

    private static @Nullable UpstreamException known(Upstream upstream, Throwable cause) {
        return switch (cause) {
            case InterruptedIOException e -> failure(upstream, Reason.TIMEOUT, "did not answer in time", e);
            case UnknownHostException e -> failure(upstream, Reason.UNREACHABLE, "has no address", e);
            case SSLException e -> failure(upstream, Reason.UNREACHABLE, "failed in TLS", e);
            case ConnectException e -> failure(upstream, Reason.UNREACHABLE, "refused the connection", e);
            case NoRemoteRepositoryException e -> notThere(upstream, e);
            case RepositoryNotFoundException e -> notThere(upstream, e);
            default -> null;
        };
    }

    private static UpstreamException notThere(Upstream upstream, Throwable cause) {
        return failure(upstream, Reason.UNREACHABLE, "is no git repository, or the gateway may not read it", cause);
    }

    static UpstreamException failure(Upstream upstream, Reason reason, String what, @Nullable Throwable cause) {
        return new UpstreamException(
                reason, "Upstream " + upstream.name() + " (" + upstream.place() + ") " + what, null, cause);
    }
}
