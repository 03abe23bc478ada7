package gateway.support;

import gateway.settings.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * An origin server on a real loopback socket that does what a test tells it, also what no server should do.
 *
 * <p>{@code fake.serve("/a.tgz", bytes).etag("\"1\"").resetAfter(100)}. A path that was not told answers 404. A second
 * instance at another loopback address is another host.
 */
public final class FakeUpstream implements AutoCloseable {

    /** One request that came in. Header names are in lower case. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    public record Request(String method, String path, Map<String, String> headers, byte[] body) {

        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    private final @Nullable SSLContext tls;
    private final InetSocketAddress address;
    private final Map<String, Function<Request, FakeAnswer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile ServerSocket server;
    private volatile @Nullable Thread acceptor;
    private volatile Socket kept = new Socket();
    private volatile Function<Request, FakeAnswer> otherwise = unknown -> notFound();

    private FakeUpstream(String host, @Nullable SSLContext tls) {
        this.tls = tls;
        this.server = listen(new InetSocketAddress(host, 0));
        this.address = (InetSocketAddress) server.getLocalSocketAddress();
    }

    public static FakeUpstream start() {
        return at("127.0.0.1");
    }

    /** At a loopback address of your choice, for example {@code 127.0.0.2}. */
    public static FakeUpstream at(String loopback) {
        return new FakeUpstream(loopback, null);
    }

    public static FakeUpstream tls(String loopback, SSLContext context) {
        return new FakeUpstream(loopback, context);
    }

    public URI url() {
        return URI.create(
                (tls == null ? "http://" : "https://") + address.getAddress().getHostAddress() + ":" + port());
    }

    public URI url(String path) {
        return URI.create(url() + path);
    }

    public int port() {
        return address.getPort();
    }

    /** These settings: nothing but the address. */
    public Upstream upstream(String name) {
        return Upstream.at(name, url());
    }

    /** As {@link #upstream(String)}, for a registry that is a folder of this host. */
    public Upstream upstream(String name, String folder) {
        return Upstream.at(name, url(folder));
    }

    /** Answers 200 with these bytes from now on. */
    public FakeAnswer serve(String path, byte[] body) {
        return tell(path, new FakeAnswer(200, body));
    }

    public FakeAnswer serve(String path, String body) {
        return serve(path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with a status and a short text from now on. */
    public FakeAnswer status(String path, int status) {
        return tell(path, new FakeAnswer(status, ("status " + status).getBytes(StandardCharsets.UTF_8)));
    }

    public FakeAnswer redirect(String path, int status, String location) {
        return status(path, status).header("Location", location);
    }

    /** Decides for each request anew. */
    public void answer(String path, Function<Request, FakeAnswer> how) {
        answers.put(path, how);
    }

    /** Decides for each request to a path that was not told. */
    public void otherwise(Function<Request, FakeAnswer> how) {
        otherwise = how;
    }

    public static FakeAnswer ok(byte[] body) {
        return new FakeAnswer(200, body);
    }

    /** An answer of this status with nothing in it. */
    public static FakeAnswer with(int status) {
        return new FakeAnswer(status, new byte[0]);
    }

    private FakeAnswer tell(String path, FakeAnswer answer) {
        answers.put(path, request -> answer);
        return answer;
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<Request> requests(String path) {
        return requests.stream().filter(request -> request.path().equals(path)).toList();
    }

    public int count(String path) {
        return requests(path).size();
    }

    /** How many connections were accepted so far. */
    public int connections() {
        return connections.get();
    }

    /** How many of them are open on this side. */
    public int open() {
        return open.size();
    }

    /** Closes every connection and refuses new ones. */
    public void stop() {
        quietly(server::close);
        // The port is free once nobody accepts any more, which is a moment later.
        join(acceptor);
        keepPort();
        open.forEach(socket -> quietly(socket::close));
    }

    /** A connection to elsewhere would take the port that nobody listens on; a socket that is bound to it refuses. */
    private void keepPort() {
        quietly(() -> {
            if (!kept.isBound()) {
                kept.setReuseAddress(true);
                kept.bind(address);
            }
        });
    }

    /** Listens on the same port again. */
    public void restart() {
        server = listen(address);
        quietly(kept::close);
        kept = new Socket();
    }

    /** Closes every connection by a reset, and goes on listening. */
    public void resetConnections() {
        open.forEach(FakeUpstream::reset);
    }

    @Override
    public void close() {
        stop();
        quietly(kept::close);
    }

    private ServerSocket listen(InetSocketAddress where) {
        try {
            ServerSocket socket = tls == null
                    ? new ServerSocket()
                    : tls.getServerSocketFactory().createServerSocket();
            socket.setReuseAddress(true);
            socket.bind(where, 256);
            acceptor = Thread.ofVirtual().name("fake-upstream").start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void join(@Nullable Thread thread) {
        try {
            if (thread != null) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Socket socket = from.accept();
                connections.incrementAndGet();
                open.add(socket);
                Thread.ofVirtual().name("fake-upstream").start(() -> converse(socket));
            } catch (IOException e) {
                quietly(from::close);
            }
        }
    }

    private void converse(Socket socket) {
        try (socket) {
            Request request = read(socket.getInputStream());
            while (request != null) {
                requests.add(request);
                String path = request.path().replaceFirst("\\?.*", "");
                FakeAnswer answer = answers.getOrDefault(request.path(), answers.getOrDefault(path, otherwise))
                        .apply(request);
                if (!answer.write(request, socket)) {
                    return;
                }
                request = read(socket.getInputStream());
            }
        } catch (IOException | InterruptedException e) {
            // The other side has gone, or the test is over.
        } finally {
            open.remove(socket);
        }
    }

    private static FakeAnswer notFound() {
        return new FakeAnswer(404, "not here".getBytes(StandardCharsets.UTF_8));
    }

    private static @Nullable Request read(InputStream in) throws IOException {
        String line = line(in);
        if (line == null) {
            return null;
        }
        String[] words = line.split(" ", -1);
        var headers = new TreeMap<String, String>();
        for (String header = line(in); header != null && !header.isEmpty(); header = line(in)) {
            int colon = header.indexOf(':');
            headers.put(
                    header.substring(0, colon).toLowerCase(Locale.ROOT),
                    header.substring(colon + 1).strip());
        }
        return new Request(words[0], words[1], headers, body(in, headers));
    }

    private static byte[] body(InputStream in, Map<String, String> headers) throws IOException {
        if (!"chunked".equals(headers.get("transfer-encoding"))) {
            return in.readNBytes(Integer.parseInt(headers.getOrDefault("content-length", "0")));
        }
        var body = new ByteArrayOutputStream();
        int size;
        do {
            size = Integer.parseInt(String.valueOf(line(in)), 16);
            body.writeBytes(in.readNBytes(size));
            line(in);
        } while (size > 0);
        return body.toByteArray();
    }

    private static @Nullable String line(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                return null;
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    static void reset(Socket socket) {
        quietly(() -> {
            socket.setSoLinger(true, 0);
            socket.close();
        });
    }

    private interface Closing {
        void run() throws IOException;
    }

    private static void quietly(Closing closing) {
        try {
            closing.run();
        } catch (IOException e) {
            // It is closed, which is all we wanted.
        }
    }
}
