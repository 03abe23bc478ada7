package gateway.upstream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Inflates a gzip stream piece by piece as it is asked for: what a small input may grow to never lies in memory, and a
 * stream that ends early is an error. Netty's own decoder promises neither.
 */
final class Gunzip {
    private static final int PIECE = 64 * 1024;
    private static final int LONGEST_HEADER = 64 * 1024;
    private static final int TRAILER = 8;
    private static final int CHECKED_HEADER = 2;
    private static final int EXTRA = 4;
    private static final int NAME = 8;
    private static final int COMMENT = 16;

    private enum Part {
        HEADER,
        DATA,
        TRAILER
    }

    private final Inflater inflater = new Inflater(true);
    private final CRC32 crc = new CRC32();
    // Header or trailer so far; they may be spread over many inputs.
    private final ByteBuf pending = Unpooled.buffer(16);
    private Part part = Part.HEADER;
    // Whether the last piece was full, so that more may come without further input.
    private boolean full;
    private boolean closed;

    private Gunzip() {}

    /** The plain bytes; takes over the compressed buffers and hands over new ones. */
    static Flux<ByteBuf> decode(Flux<ByteBuf> compressed) {
        return Flux.using(
                        Gunzip::new,
                        gunzip -> compressed.concatMap(gunzip::pieces, 1).concatWith(Flux.defer(gunzip::end)),
                        Gunzip::close)
                .doOnDiscard(ByteBuf.class, ByteBuf::release);
    }

    private Flux<ByteBuf> pieces(ByteBuf compressed) {
        return Flux.generate(
                () -> compressed,
                (in, sink) -> {
                    try {
                        ByteBuf piece = next(in);
                        if (piece == null) {
                            sink.complete();
                        } else {
                            sink.next(piece);
                        }
                    } catch (ZipException | DataFormatException e) {
                        sink.error(e);
                    }
                    return in;
                },
                ByteBuf::release);
    }

    private synchronized Flux<ByteBuf> end() {
        boolean whole = part == Part.HEADER && !pending.isReadable();
        return whole ? Flux.empty() : Flux.error(new ZipException("the gzip stream ends early"));
    }

    // Cancelling comes from any thread, also while another one inflates.
    private synchronized void close() {
        closed = true;
        inflater.end();
    }

    /** The next piece, or null when the input is used up. */
    private synchronized @Nullable ByteBuf next(ByteBuf in) throws ZipException, DataFormatException {
        while ((in.isReadable() || full) && !closed) {
            switch (part) {
                case HEADER -> header(in);
                case TRAILER -> trailer(in);
                case DATA -> {
                    ByteBuf piece = inflate(in);
                    if (piece != null) {
                        return piece;
                    }
                }
            }
        }
        return null;
    }

    private @Nullable ByteBuf inflate(ByteBuf in) throws DataFormatException {
        ByteBuf out = ByteBufAllocator.DEFAULT.buffer(PIECE, PIECE);
        try {
            ByteBuffer source = in.nioBuffer();
            inflater.setInput(source);
            int length = inflater.inflate(out.nioBuffer(0, PIECE));
            in.skipBytes(in.readableBytes() - inflater.getRemaining());
            crc.update(out.nioBuffer(0, length));
            out.writerIndex(length);
            full = length == PIECE && !inflater.finished();
            if (inflater.finished()) {
                part = Part.TRAILER;
            } else if (length == 0 && inflater.needsDictionary()) {
                throw new DataFormatException("a dictionary is missing");
            }
            return length > 0 ? out.retain() : null;
        } finally {
            out.release();
        }
    }

    private void header(ByteBuf in) throws ZipException {
        while (in.isReadable()) {
            pending.writeByte(in.readByte());
            if (isWholeHeader()) {
                pending.clear();
                inflater.reset();
                crc.reset();
                part = Part.DATA;
                return;
            }
        }
    }

    private boolean isWholeHeader() throws ZipException {
        int length = pending.readableBytes();
        if ((length == 3 && pending.getMedium(0) != 0x1f8b08) || length > LONGEST_HEADER) {
            throw new ZipException("not a gzip stream");
        }
        if (length < 10) {
            return false;
        }
        int flags = pending.getByte(3);
        int end = 10;
        if ((flags & EXTRA) != 0) {
            end = length < 12 ? Integer.MAX_VALUE - 16 : 12 + pending.getUnsignedShortLE(10);
        }
        if ((flags & NAME) != 0) {
            end = afterZero(end);
        }
        if ((flags & COMMENT) != 0) {
            end = afterZero(end);
        }
        return length >= end + ((flags & CHECKED_HEADER) != 0 ? 2 : 0);
    }

    private int afterZero(int from) {
        int length = pending.readableBytes();
        int zero = from >= length ? -1 : pending.indexOf(from, length, (byte) 0);
        return zero < 0 ? Integer.MAX_VALUE - 16 : zero + 1;
    }

    private void trailer(ByteBuf in) throws ZipException {
        pending.writeBytes(in, Math.min(in.readableBytes(), TRAILER - pending.readableBytes()));
        if (pending.readableBytes() < TRAILER) {
            return;
        }
        if (pending.getIntLE(0) != (int) crc.getValue() || pending.getIntLE(4) != (int) inflater.getBytesWritten()) {
            throw new ZipException("the gzip checksum does not match");
        }
        pending.clear();
        part = Part.HEADER;
    }
}
