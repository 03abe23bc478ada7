package gateway.cache;

import gateway.storage.Blob;
import gateway.storage.Spool;
import io.netty.buffer.ByteBuf;
import java.util.function.Function;
import java.util.function.LongFunction;
import reactor.core.publisher.Flux;

/** What follows the head of a reply. Whoever has one writes it or discards it, once. */
public sealed interface Body {

    /** Bytes that will be written, -1 when unknown. */
    long length();

    /** Gives up what the body holds, when it will not be written. */
    default void discard() {}

    /**
     * Nothing is written.
     *
     * @param length what the same GET would have, -1 to say nothing
     */
    record Empty(long length) implements Body {}

    /** From memory: offset and length within an array that is not to be changed. */
    @SuppressWarnings("ArrayRecordComponent") // Bodies are written, never compared.
    record Bytes(byte[] bytes, int offset, int count) implements Body {

        public static Bytes of(byte[] bytes) {
            return new Bytes(bytes, 0, bytes.length);
        }

        @Override
        public long length() {
            return count;
        }
    }

    /** From the store: first byte, and end (exclusive). */
    record Stored(Blob blob, long from, long to) implements Body {

        @Override
        public long length() {
            return to - from;
        }

        @Override
        public void discard() {
            blob.release();
        }
    }

    /**
     * From a file that is still being written; the body holds the spool open.
     *
     * @param to end, exclusive; -1 for the end of the body
     * @param rescue goes on alone from a position when the store fails in the middle
     * @param refusal what is answered instead when it breaks before its first byte
     */
    record Following(
            Spool spool,
            long from,
            long to,
            long length,
            LongFunction<Flux<ByteBuf>> rescue,
            Function<Throwable, Reply> refusal)
            implements Body {

        @Override
        public void discard() {
            spool.release();
        }
    }

    /** Straight from the upstream, not stored; the subscriber owns the buffers. */
    record Relayed(Flux<ByteBuf> bytes, long length, Runnable giveUp) implements Body {

        @Override
        public void discard() {
            giveUp.run();
        }
    }
}
