package gateway.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client on a bare socket: it sends what a test wants, reads at the pace of the test, and tells a whole body from one
 * that was broken off.
 */
public final class PipelineClient implements AutoCloseable {

    private static final int PATIENCE = 60_000;

    private final Socket socket;
    private final InputStream in;

    private PipelineClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
    }

    public static PipelineClient connect(int port) throws IOException {
        Socket socket = new Socket();
        // Small, so that a client which does not read holds the sender back soon.
        socket.setReceiveBufferSize(64 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE);
        socket.setSoTimeout(PATIENCE);
        return new PipelineClient(socket);
    }

    /** The same through TLS. */
    public static PipelineClient secure(int port, SSLContext context) throws IOException {
        Socket plain = connect(port).socket;
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, true);
        socket.startHandshake();
        return new PipelineClient(socket);
    }

    /** A GET on a connection of its own; header lines such as {@code "Range: bytes=0-1"}. */
    public static PipelineAnswer get(int port, String target, String... headers) throws IOException {
        return fetch(port, "GET", target, headers);
    }

    public static PipelineAnswer fetch(int port, String method, String target, String... headers) throws IOException {
        try (PipelineClient client = connect(port)) {
            client.send(method, target, headers);
            return client.head(method).whole();
        }
    }

    /** Sends a request without waiting for its answer. */
    public void send(String method, String target, String... headers) throws IOException {
        raw(method + " " + target + " HTTP/1.1\r\nHost: gateway.test\r\n" + String.join("", lines(headers)) + "\r\n");
    }

    public void raw(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
    }

    public void bytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** Passes on all that comes until the other side closes the connection. */
    public void readTo(OutputStream out) throws IOException {
        in.transferTo(out);
    }

    private static String[] lines(String... headers) {
        String[] lines = new String[headers.length];
        for (int i = 0; i < headers.length; i++) {
            lines[i] = headers[i] + "\r\n";
        }
        return lines;
    }

    /** Reads the head of the next answer; its body is read through it. */
    public PipelineAnswer.Body head(String method) throws IOException {
        String line = line();
        if (line == null) {
            throw new IOException("closed before an answer");
        }
        int status = Integer.parseInt(line.split(" ")[1]);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String header = line(); header != null && !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        boolean empty = method.equals("HEAD") || status == 304 || status == 204;
        return new PipelineAnswer.Body(in, status, headers, empty);
    }

    private @Nullable String line() throws IOException {
        return PipelineAnswer.Body.line(in);
    }

    /** Leaves in the middle, as a build that is interrupted does. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
