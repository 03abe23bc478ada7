package gateway.support;

import gateway.settings.Upstream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
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
    public record Request(String method, String path, Map<String, String> headers, byte[] body) {

        public @Nullable String header(String name) {
            return headers.get(name.toLowerCase(Locale.ROOT));
        }
    }

    private final @Nullable SSLContext tls;
    private final InetSocketAddress address;
    private final Map<String, Function<Request, Answer>> answers = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile ServerSocket server;

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

    /** Answers 200 with these bytes from now on. */
    public Answer serve(String path, byte[] body) {
        return tell(path, new Answer(200, body));
    }

    public Answer serve(String path, String body) {
        return serve(path, body.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers with a status and a short text from now on. */
    public Answer status(String path, int status) {
        return tell(path, new Answer(status, ("status " + status).getBytes(StandardCharsets.UTF_8)));
    }

    public Answer redirect(String path, int status, String location) {
        return status(path, status).header("Location", location);
    }

    /** Decides for each request anew. */
    public void answer(String path, Function<Request, Answer> how) {
        answers.put(path, how);
    }

    public static Answer ok(byte[] body) {
        return new Answer(200, body);
    }

    private Answer tell(String path, Answer answer) {
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
        open.forEach(socket -> quietly(socket::close));
    }

    /** Listens on the same port again. */
    public void restart() {
        server = listen(address);
    }

    /** Closes every connection by a reset, and goes on listening. */
    public void resetConnections() {
        open.forEach(FakeUpstream::reset);
    }

    @Override
    public void close() {
        stop();
    }

    private ServerSocket listen(InetSocketAddress where) {
        try {
            ServerSocket socket = tls == null
                    ? new ServerSocket()
                    : tls.getServerSocketFactory().createServerSocket();
            socket.setReuseAddress(true);
            socket.bind(where, 256);
            Thread.ofVirtual().name("fake-upstream").start(() -> accept(socket));
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
                Answer answer = answers.getOrDefault(request.path(), answers.getOrDefault(path, unknown -> notFound()))
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

    private static Answer notFound() {
        return new Answer(404, "not here".getBytes(StandardCharsets.UTF_8));
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

    private static void reset(Socket socket) {
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

    /** What is answered at a path; conditional requests and ranges are honoured when a validator was given. */
    public static final class Answer {
        private enum Fault {
            NONE,
            CLOSE,
            STALL,
            RESET
        }

        private final int status;
        private final byte[] body;
        private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        private final CountDownLatch released = new CountDownLatch(1);
        private final CountDownLatch reached = new CountDownLatch(1);
        private boolean chunked;
        private boolean gzip;
        private boolean ranges = true;
        private boolean closing;
        private Fault fault = Fault.NONE;
        private int faultAt = -1;
        private int pauseAt = -1;
        private int piece = Integer.MAX_VALUE;
        private int surplus;
        private long declared = -1;

        private Answer(int status, byte[] body) {
            this.status = status;
            this.body = body;
        }

        public Answer header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        public Answer etag(String etag) {
            return header("ETag", etag);
        }

        public Answer lastModified(String date) {
            return header("Last-Modified", date);
        }

        public Answer type(String contentType) {
            return header("Content-Type", contentType);
        }

        public Answer chunked() {
            chunked = true;
            return this;
        }

        /** Packs the body when the request allows it. */
        public Answer gzip() {
            gzip = true;
            return this;
        }

        public Answer withoutRanges() {
            ranges = false;
            return this;
        }

        /** Says {@code Connection: close} and does it. */
        public Answer closing() {
            closing = true;
            return this;
        }

        /** Writes pieces of this size. */
        public Answer pieces(int size) {
            piece = size;
            return this;
        }

        /** Sends no more after n bytes of the body until the test calls {@link #release}; -1 waits before the head. */
        public Answer pauseAfter(int n) {
            pauseAt = n < 0 ? Integer.MIN_VALUE : n;
            return this;
        }

        public void release() {
            released.countDown();
        }

        /** Waits until a request has come to the pause or to the fault. */
        public void awaitReached() throws InterruptedException {
            if (!reached.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("no request came so far");
            }
        }

        /** Closes properly after n bytes of the body, though more were promised. */
        public Answer truncateAfter(int n) {
            return fault(Fault.CLOSE, n);
        }

        /** Sends nothing more after n bytes of the body, and keeps the connection; -1 sends not even the head. */
        public Answer stallAfter(int n) {
            return fault(Fault.STALL, n);
        }

        public Answer resetAfter(int n) {
            return fault(Fault.RESET, n);
        }

        /** Declares this length, whatever is sent. */
        public Answer declaring(long length) {
            declared = length;
            return this;
        }

        /** Sends so many bytes behind the end. */
        public Answer withSurplus(int bytes) {
            surplus = bytes;
            return this;
        }

        private Answer fault(Fault what, int n) {
            fault = what;
            faultAt = n;
            return this;
        }

        /** False when the connection is not to be used again. */
        private boolean write(Request request, Socket socket) throws IOException, InterruptedException {
            if (fault != Fault.NONE && faultAt < 0) {
                return breakOff(socket);
            }
            if (pauseAt == Integer.MIN_VALUE) {
                pause();
            }
            OutputStream out = socket.getOutputStream();
            if (status == 200 && isUnchanged(request)) {
                out.write(head(304, Map.of()));
                return true;
            }
            byte[] whole = gzip
                            && request.headers()
                                    .getOrDefault("accept-encoding", "")
                                    .contains("gzip")
                    ? packed(body)
                    : body;
            int[] range = status == 200 ? range(request, whole.length) : null;
            if (range != null && range[0] >= whole.length) {
                out.write(head(416, Map.of("Content-Range", "bytes */" + whole.length, "Content-Length", "0")));
                return true;
            }
            byte[] sent = range == null ? whole : Arrays.copyOfRange(whole, range[0], range[1] + 1);
            out.write(head(range == null ? status : 206, framing(whole, sent, range)));
            return request.method().equals("HEAD") || status == 204 || body(sent, out, socket);
        }

        private boolean body(byte[] sent, OutputStream out, Socket socket) throws IOException, InterruptedException {
            int at = 0;
            while (at < sent.length || at == pauseAt || at == faultAt) {
                if (at == faultAt && fault != Fault.NONE) {
                    return breakOff(socket);
                }
                if (at == pauseAt && released.getCount() > 0) {
                    pause();
                }
                if (at == sent.length) {
                    break;
                }
                int end = sent.length;
                for (int stop : new int[] {faultAt, pauseAt, (int) Math.min(Integer.MAX_VALUE, (long) at + piece)}) {
                    end = stop > at ? Math.min(end, stop) : end;
                }
                chunk(out, Arrays.copyOfRange(sent, at, end));
                at = end;
            }
            if (chunked) {
                out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            out.write(new byte[surplus]);
            return !closing;
        }

        private void chunk(OutputStream out, byte[] bytes) throws IOException {
            if (!chunked) {
                out.write(bytes);
                return;
            }
            var framed = new ByteArrayOutputStream();
            framed.writeBytes((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            framed.writeBytes(bytes);
            framed.writeBytes(new byte[] {'\r', '\n'});
            out.write(framed.toByteArray());
        }

        private boolean breakOff(Socket socket) throws IOException {
            reached.countDown();
            switch (fault) {
                case STALL -> socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                case RESET -> reset(socket);
                case CLOSE, NONE -> socket.close();
            }
            return false;
        }

        private void pause() throws InterruptedException {
            reached.countDown();
            if (!released.await(30, TimeUnit.SECONDS)) {
                throw new InterruptedException("nobody released the answer");
            }
        }

        private Map<String, String> framing(byte[] whole, byte[] sent, int @Nullable [] range) {
            var framing = new TreeMap<String, String>();
            if (chunked) {
                framing.put("Transfer-Encoding", "chunked");
            } else if (status != 204) {
                framing.put("Content-Length", String.valueOf(declared < 0 ? sent.length : declared));
            }
            if (whole != body) {
                framing.put("Content-Encoding", "gzip");
            }
            if (range != null) {
                framing.put("Content-Range", "bytes " + range[0] + "-" + range[1] + "/" + whole.length);
            }
            return framing;
        }

        private byte[] head(int code, Map<String, String> more) {
            var all = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            all.putAll(headers);
            all.putAll(more);
            if (closing) {
                all.put("Connection", "close");
            }
            var head = new StringBuilder("HTTP/1.1 " + code + " Fake\r\n");
            all.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
        }

        private boolean isUnchanged(Request request) {
            String match = request.header("if-none-match");
            if (match != null) {
                return match.equals(headers.get("ETag"));
            }
            String since = request.header("if-modified-since");
            return since != null && since.equals(headers.get("Last-Modified"));
        }

        private int @Nullable [] range(Request request, int length) {
            String range = request.header("range");
            String condition = request.header("if-range");
            boolean current = condition == null
                    || condition.equals(headers.get("ETag"))
                    || condition.equals(headers.get("Last-Modified"));
            if (!ranges || range == null || !current || !range.matches("bytes=[0-9]+-[0-9]*")) {
                return null;
            }
            String[] ends = range.substring("bytes=".length()).split("-", -1);
            int last = ends[1].isEmpty() ? length - 1 : Math.min(length - 1, Integer.parseInt(ends[1]));
            return new int[] {Integer.parseInt(ends[0]), last};
        }

        private static byte[] packed(byte[] plain) throws IOException {
            var packed = new ByteArrayOutputStream();
            try (var gzip = new GZIPOutputStream(packed)) {
                gzip.write(plain);
            }
            return packed.toByteArray();
        }
    }
}
