package gateway.web;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import gateway.Background;
import gateway.cache.Body;
import gateway.cache.Hit;
import gateway.cache.PullThrough;
import gateway.storage.Blob;
import gateway.storage.BlobStore;
import gateway.storage.Digest;
import io.micrometer.core.instrument.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import io.netty.util.IllegalReferenceCountException;
import java.io.EOFException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whole replies of hits, ready to be given again to whoever asks the same with the same headers.
 *
 * <p>Small bodies lie in direct memory, which sockets take without a copy, bounded by {@link #MEMORY}; larger ones stay in
 * their files. A reply is given only while the pipeline says that what it was made of has not changed.
 */
final class ReadyReplies {

    /** Above this the system sends from the file for less than it costs to hold the bytes. */
    static final int IN_MEMORY = 128 << 10;

    private static final long MEMORY = 128L << 20;
    /** Objects of one reply, without the text. */
    private static final int OVERHEAD = 2000;

    /** Whatever asks for more, or less, than the whole thing at once. */
    private static final List<AsciiString> UNUSUAL = List.of(
            HttpHeaderNames.RANGE,
            HttpHeaderNames.IF_NONE_MATCH,
            HttpHeaderNames.IF_MODIFIED_SINCE,
            HttpHeaderNames.IF_MATCH,
            HttpHeaderNames.IF_UNMODIFIED_SINCE,
            HttpHeaderNames.CACHE_CONTROL,
            HttpHeaderNames.CONTENT_LENGTH,
            HttpHeaderNames.TRANSFER_ENCODING,
            HttpHeaderNames.EXPECT,
            HttpHeaderNames.UPGRADE,
            ServerTiming.NAME);

    private final PullThrough pullThrough;
    private final BlobStore store;
    private final ForwardedBase forwarded;
    private final Guard guard;
    private final Cache<Question, Ready> ready = Caffeine.newBuilder()
            .maximumWeight(MEMORY)
            .weigher(ReadyReplies::weight)
            .executor(Runnable::run)
            .removalListener((@Nullable Question question, @Nullable Ready gone, RemovalCause cause) -> {
                if (gone != null) {
                    gone.release();
                }
            })
            .build();
    private final Background background = new Background();
    private final Set<Question> loading = ConcurrentHashMap.newKeySet();

    ReadyReplies(PullThrough pullThrough, BlobStore store, ForwardedBase forwarded, Guard guard) {
        this.pullThrough = pullThrough;
        this.store = store;
        this.forwarded = forwarded;
        this.guard = guard;
    }

    /**
     * What an answer depends on.
     *
     * @param base what a trusted proxy said of the public URL
     */
    record Question(
            String target,
            @Nullable String accept,
            @Nullable String encoding,
            String base) {}

    /** Null when the request asks for anything but the whole file, unconditionally. */
    @Nullable
    Question question(HttpMethod method, String target, HttpHeaders headers, @Nullable SocketAddress peer) {
        if (!method.equals(HttpMethod.GET)) {
            return null;
        }
        for (AsciiString name : UNUSUAL) {
            if (headers.contains(name)) {
                return null;
            }
        }
        return new Question(
                target,
                headers.get(HttpHeaderNames.ACCEPT),
                headers.get(HttpHeaderNames.ACCEPT_ENCODING),
                forwarded.told(peer instanceof InetSocketAddress address ? address : null, headers));
    }

    /** Null when there is none for who asks. */
    @Nullable
    Ready find(SocketAddress peer, HttpRequest request) {
        Question question = question(request.method(), request.uri(), request.headers(), peer);
        Ready found = question == null ? null : ready.getIfPresent(question);
        return found == null || !found.guarded || guard.knows(request.headers(), true) ? found : null;
    }

    /** The file of a large reply if it is open; released by the caller. */
    @Nullable
    Blob open(Ready found) {
        return store.hot(found.digest);
    }

    /** Counts the hit and gives the head of the reply; null when it is not true any more. */
    @Nullable
    HttpHeaders give(Ready found) {
        long age = pullThrough.again(found.hit);
        if (age < 0) {
            ready.invalidate(found.question);
            return null;
        }
        found.given.increment();
        if (found.saved != null) {
            found.saved.hit(found.length);
        }
        return found.head(age);
    }

    /**
     * Keeps the reply to a question if it may be given again; its body is not touched.
     *
     * @param guarded whether it is for those alone whom the guard knows
     */
    void offer(Question question, Hit hit, Counter given, Savings.@Nullable Saved saved, boolean guarded) {
        if (hit.reply().status() != 200 || varies(hit)) {
            return;
        }
        if (hit.reply().body() instanceof Body.Bytes bytes) {
            ready.put(
                    question,
                    new Ready(
                            question,
                            hit,
                            given,
                            saved,
                            guarded,
                            Unpooled.directBuffer(bytes.count())
                                    .writeBytes(bytes.bytes(), bytes.offset(), bytes.count())));
        } else if (hit.reply().body() instanceof Body.Stored stored && stored.length() > IN_MEMORY) {
            ready.put(question, new Ready(question, hit, given, saved, guarded, null));
        } else if (hit.reply().body() instanceof Body.Stored stored && loading.add(question)) {
            int size = (int) stored.length();
            background.start(
                    "keep a reply in memory",
                    store.read(stored.blob().digest(), size, in -> {
                                ByteBuf body = Unpooled.directBuffer(size);
                                try {
                                    while (body.isWritable()) {
                                        if (body.writeBytes(in, body.writableBytes()) < 0) {
                                            throw new EOFException("a blob was cut while it was read");
                                        }
                                    }
                                    return body;
                                } catch (Throwable e) {
                                    body.release();
                                    throw e;
                                }
                            })
                            .doOnNext(
                                    body -> ready.put(question, new Ready(question, hit, given, saved, guarded, body)))
                            .doOnDiscard(ByteBuf.class, ByteBuf::release)
                            .doFinally(signal -> loading.remove(question)));
        }
    }

    /** By a header that is not part of the question. */
    private static boolean varies(Hit hit) {
        String vary = hit.reply().headers().get("Vary");
        return vary != null && vary.contains("User-Agent");
    }

    /** How many there are. */
    long count() {
        return ready.estimatedSize();
    }

    void close() {
        background.close();
        ready.invalidateAll();
    }

    private static int weight(Question question, Ready reply) {
        return OVERHEAD + 2 * question.target().length() + (int) (reply.body == null ? 0 : reply.length);
    }

    /** One of them. */
    static final class Ready {

        private final Question question;
        private final Hit hit;
        private final Counter given;
        private final Savings.@Nullable Saved saved;
        private final boolean guarded;
        private final @Nullable ByteBuf body;
        private final Digest digest;
        private final long length;
        /** The newest head and its age, since all requests of one second have the same. */
        private volatile Aged head =
                new Aged(-1, DefaultHttpHeadersFactory.headersFactory().newEmptyHeaders());

        private record Aged(long age, HttpHeaders headers) {}

        private Ready(
                Question question,
                Hit hit,
                Counter given,
                Savings.@Nullable Saved saved,
                boolean guarded,
                @Nullable ByteBuf body) {
            this.question = question;
            this.hit = hit.withoutBody();
            this.given = given;
            this.saved = saved;
            this.guarded = guarded;
            this.body = body;
            this.length = hit.reply().body().length();
            this.digest = hit.reply().body() instanceof Body.Stored stored
                    ? stored.blob().digest()
                    : new Digest(hit.entry().sha256());
        }

        boolean inMemory() {
            return body != null;
        }

        /** For one answer; null when it was given up meanwhile. */
        @Nullable
        ByteBuf body() {
            try {
                return body == null ? null : body.retainedDuplicate();
            } catch (IllegalReferenceCountException e) {
                return null;
            }
        }

        private HttpHeaders head(long age) {
            Aged known = head;
            if (known.age() != age) {
                HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory()
                        .withValidation(false)
                        .newHeaders();
                Head.write(hit.reply(), length, headers);
                headers.set(HttpHeaderNames.AGE, Long.toString(age));
                known = new Aged(age, headers);
                head = known;
            }
            return known.headers();
        }

        private void release() {
            if (body != null) {
                body.release();
            }
        }
    }
}
