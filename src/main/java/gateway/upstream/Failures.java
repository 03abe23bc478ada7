package gateway.upstream;

import gateway.upstream.UpstreamException.Reason;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.EOFException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.zip.DataFormatException;
import java.util.zip.ZipException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what goes wrong below into the one exception of this package, in words for clients.
 *
 * @param upstream its name
 * @param host which of its hosts was asked; never a whole URL, whose query may hold a signature
 */
record Failures(String upstream, String host) {

    /** Before the head. */
    UpstreamException head(Throwable error) {
        if (error instanceof UpstreamException known) {
            return known;
        }
        return switch (rooted(error)) {
            case AddressGuard.RefusedException e -> failure(Reason.FORBIDDEN_REDIRECT, "is a private address", e);
            case Patience.OverException e -> failure(Reason.TIMEOUT, "did not answer: " + e.getMessage(), e);
            case ConnectTimeoutException e -> failure(Reason.TIMEOUT, "could not be connected in time", e);
            case SslHandshakeTimeoutException e -> failure(Reason.TIMEOUT, "did not finish the TLS handshake", e);
            case UnknownHostException e -> failure(Reason.UNREACHABLE, "has no address", e);
            case ProxyConnectException e -> failure(Reason.UNREACHABLE, "could not be reached through the proxy", e);
            case SSLException e -> failure(Reason.UNREACHABLE, "failed in TLS", e);
            case ConnectException e -> failure(Reason.UNREACHABLE, "refused the connection", e);
            case TooLongFrameException e -> failure(Reason.UNREACHABLE, "sent a head that is too long", e);
            case DecoderException e
            when e.getCause() instanceof SSLException -> failure(Reason.UNREACHABLE, "failed in TLS", e);
            case IllegalArgumentException e -> failure(Reason.UNREACHABLE, "does not speak HTTP as we do", e);
            case Throwable e when isCrowded(e) -> failure(Reason.UNREACHABLE, "has no connection free for us", e);
            default -> failure(Reason.UNREACHABLE, "broke the connection", error);
        };
    }

    /** Within the body. */
    UpstreamException body(Throwable error) {
        return switch (error) {
            case UpstreamException known -> known;
            case Patience.OverException e -> failure(Reason.BROKEN_BODY, "stalled: " + e.getMessage(), e);
            case EOFException e -> failure(Reason.BROKEN_BODY, e.getMessage(), e);
            case ZipException e -> failure(Reason.BROKEN_BODY, "sent a body that cannot be unpacked", e);
            case DataFormatException e -> failure(Reason.BROKEN_BODY, "sent a body that cannot be unpacked", e);
            default -> failure(Reason.BROKEN_BODY, "broke off its answer", error);
        };
    }

    UpstreamException redirect(String what) {
        return failure(Reason.FORBIDDEN_REDIRECT, what, null);
    }

    /** Whether our own pool of connections was full. */
    static boolean isCrowded(@Nullable Throwable error) {
        return error instanceof RejectedExecutionException || error instanceof TimeoutException;
    }

    // TLS wraps what the proxy said.
    private static Throwable rooted(Throwable error) {
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof ProxyConnectException) {
                return cause;
            }
        }
        return error;
    }

    private UpstreamException failure(Reason reason, @Nullable String what, @Nullable Throwable cause) {
        return new UpstreamException(reason, "Upstream " + upstream + ": " + host + " " + what, null, cause);
    }
}
