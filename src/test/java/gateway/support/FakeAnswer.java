package gateway.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** What is answered at a path; conditional requests and ranges are honoured when a validator was given. */
public final class FakeAnswer {
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
    private Duration between = Duration.ZERO;
    private int surplus;
    private long declared = -1;

    FakeAnswer(int status, byte[] body) {
        this.status = status;
        this.body = body;
    }

    public FakeAnswer header(String name, String value) {
        headers.put(name, value);
        return this;
    }

    public FakeAnswer etag(String etag) {
        return header("ETag", etag);
    }

    public FakeAnswer lastModified(String date) {
        return header("Last-Modified", date);
    }

    public FakeAnswer type(String contentType) {
        return header("Content-Type", contentType);
    }

    public FakeAnswer chunked() {
        chunked = true;
        return this;
    }

    /** Packs the body when the request allows it. */
    public FakeAnswer gzip() {
        gzip = true;
        return this;
    }

    public FakeAnswer withoutRanges() {
        ranges = false;
        return this;
    }

    /** Says {@code Connection: close} and does it. */
    public FakeAnswer closing() {
        closing = true;
        return this;
    }

    /** Writes pieces of this size. */
    public FakeAnswer pieces(int size) {
        piece = size;
        return this;
    }

    /** Rests so long after each piece. */
    public FakeAnswer every(Duration rest) {
        between = rest;
        return this;
    }

    /** Sends no more after n bytes of the body until the test calls {@link #release}; -1 waits before the head. */
    public FakeAnswer pauseAfter(int n) {
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
    public FakeAnswer truncateAfter(int n) {
        return fault(Fault.CLOSE, n);
    }

    /** Sends nothing more after n bytes of the body, and keeps the connection; -1 sends not even the head. */
    public FakeAnswer stallAfter(int n) {
        return fault(Fault.STALL, n);
    }

    public FakeAnswer resetAfter(int n) {
        return fault(Fault.RESET, n);
    }

    /** Declares this length, whatever is sent. */
    public FakeAnswer declaring(long length) {
        declared = length;
        return this;
    }

    /** Sends so many bytes behind the end. */
    public FakeAnswer withSurplus(int bytes) {
        surplus = bytes;
        return this;
    }

    private FakeAnswer fault(Fault what, int n) {
        fault = what;
        faultAt = n;
        return this;
    }

    /** False when the connection is not to be used again. */
    boolean write(FakeUpstream.Request request, Socket socket) throws IOException, InterruptedException {
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
        byte[] whole =
                gzip && request.headers().getOrDefault("accept-encoding", "").contains("gzip") ? packed(body) : body;
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
            if (between.isPositive()) {
                Thread.sleep(between);
            }
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
            case RESET -> FakeUpstream.reset(socket);
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
        if (!Arrays.equals(whole, body)) {
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
        all.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private boolean isUnchanged(FakeUpstream.Request request) {
        String match = request.header("if-none-match");
        if (match != null) {
            return match.equals(headers.get("ETag"));
        }
        String since = request.header("if-modified-since");
        return since != null && since.equals(headers.get("Last-Modified"));
    }

    private int @Nullable [] range(FakeUpstream.Request request, int length) {
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
