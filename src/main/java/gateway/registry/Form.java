package gateway.registry;

import gateway.cache.Failure;
import gateway.cache.ProjectRequest;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.netty.handler.codec.http.multipart.MemoryFileUpload;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * A body of {@code multipart/form-data}: some of its fields, and one file, whose bytes are passed on as they come.
 *
 * <p>Fields and file come in any order: all of them are known when the file's bytes have been read to their end.
 */
final class Form {

    /** Bytes of one field: long descriptions are sent in one. */
    private static final int LONGEST_FIELD = 4 << 20;

    private static final int MOST_PARTS = 10_000;
    /** Bytes of a part's head, or of what was read and taken, that the decoder may hold. */
    private static final int HELD = 64 << 10;

    private final ProjectRequest request;
    private final String file;
    private final Set<String> wanted;
    private final Map<String, String> fields = new HashMap<>();
    private @Nullable String fileName;
    private @Nullable HttpPostMultipartRequestDecoder decoder;
    /** What of the file came with the buffer that is being decoded. */
    private @Nullable ByteBuf passed;

    private boolean whole;

    /**
     * @param file name of the part that is the file
     * @param wanted names of the fields that are kept; of several values the first
     */
    Form(ProjectRequest request, String file, Set<String> wanted) {
        this.request = request;
        this.file = file;
        this.wanted = wanted;
    }

    /** Passes files on where the library's own would collect them. */
    private final class Parts extends DefaultHttpDataFactory {

        Parts() {
            super(false, StandardCharsets.UTF_8);
            setMaxLimit(LONGEST_FIELD);
        }

        @Override
        public FileUpload createFileUpload(
                HttpRequest head,
                String name,
                String called,
                String contentType,
                String contentTransferEncoding,
                Charset charset,
                long size) {
            boolean mine = name.equals(file);
            if (mine && fileName != null) {
                throw bad("the form has two files named " + file, null);
            }
            fileName = mine ? called : fileName;
            return new MemoryFileUpload(name, called, contentType, contentTransferEncoding, charset, size) {
                @Override
                public void addContent(ByteBuf some, boolean last) {
                    if (mine && passed != null) {
                        // The decoder goes on writing to the buffer of which this is a piece.
                        passed.writeBytes(some);
                    }
                    some.release();
                    if (last) {
                        setCompleted();
                    }
                }
            };
        }
    }

    /** A field's value; empty when it was not sent, or is blank. */
    Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    /** What the client calls the file; fails with status 400 when it sent none. */
    String fileName() {
        if (fileName == null) {
            throw bad("the form has no file named " + file, null);
        }
        return fileName;
    }

    /** Bytes of the file, to be read once; whoever reads them owns the buffers. Fails with status 400 when it is no such form. */
    Flux<ByteBuf> bytes() {
        return Flux.using(
                this::open,
                opened -> request.body().<ByteBuf>handle(this::take).concatWith(Mono.fromRunnable(this::end)),
                opened -> close());
    }

    private synchronized Form open() {
        String type = request.conditions().forwarded().getOrDefault("Content-Type", "");
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set("Content-Type", type);
        if (!HttpPostRequestDecoder.isMultipart(head)) {
            throw bad("the body must be multipart/form-data", null);
        }
        try {
            decoder = new HttpPostMultipartRequestDecoder(new Parts(), head, StandardCharsets.UTF_8, MOST_PARTS, HELD);
            decoder.setDiscardThreshold(HELD);
        } catch (DecoderException e) {
            throw malformed(e);
        }
        return this;
    }

    private synchronized void take(ByteBuf buffer, SynchronousSink<ByteBuf> sink) {
        try {
            if (decoder == null) {
                return;
            }
            ByteBuf some = buffer.alloc().buffer(buffer.readableBytes());
            passed = some;
            decode(decoder, new DefaultHttpContent(buffer));
            if (some.isReadable()) {
                passed = null;
                sink.next(some);
            }
        } finally {
            buffer.release();
            if (passed != null) {
                passed.release();
                passed = null;
            }
        }
    }

    private synchronized void end() {
        if (decoder != null) {
            decode(decoder, LastHttpContent.EMPTY_LAST_CONTENT);
            if (!whole) {
                throw bad("the body is no whole multipart/form-data", null);
            }
        }
    }

    private void decode(HttpPostMultipartRequestDecoder with, HttpContent content) {
        try {
            with.offer(content);
            while (with.hasNext()) {
                keep(with, with.next());
            }
        } catch (HttpPostRequestDecoder.EndOfDataDecoderException e) {
            whole = true;
        } catch (DecoderException | IOException e) {
            throw malformed(e);
        }
    }

    private void keep(HttpPostMultipartRequestDecoder with, InterfaceHttpData part) throws IOException {
        try {
            if (part instanceof Attribute field && wanted.contains(field.getName())) {
                fields.putIfAbsent(field.getName(), field.getValue());
            }
        } finally {
            with.removeHttpDataFromClean(part);
            part.release();
        }
    }

    /** Who gives up does so on any thread. */
    private synchronized void close() {
        if (decoder != null) {
            // The decoder keeps no account of the part that it is at.
            InterfaceHttpData unfinished = decoder.currentPartialHttpData();
            if (unfinished != null) {
                unfinished.release();
            }
            decoder.destroy();
            decoder = null;
        }
    }

    private static Failure malformed(Exception error) {
        return error.getCause() instanceof IOException
                ? bad("a field of the form is longer than " + LONGEST_FIELD + " bytes", error)
                : bad("the body is no multipart/form-data that can be read", error);
    }

    private static Failure bad(String why, @Nullable Throwable cause) {
        return new Failure(400, why, null, cause);
    }
}
