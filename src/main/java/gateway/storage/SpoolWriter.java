package gateway.storage;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Appends to a spool what a worker makes, in pieces of one size. */
final class SpoolWriter extends OutputStream {

    private static final int PIECE = 1 << 16;

    private final Spool spool;
    private final long limit;
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private long total;

    SpoolWriter(Spool spool, long limit) {
        this.spool = spool;
        this.limit = limit;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        total += count;
        if (total > limit) {
            throw new TooLargeException(limit);
        }
        int end = offset + count;
        for (int at = offset; at < end; ) {
            int part = Math.min(end - at, piece.remaining());
            piece.put(bytes, at, part);
            at += part;
            if (!piece.hasRemaining()) {
                empty();
            }
        }
    }

    private void empty() throws IOException {
        piece.flip();
        while (piece.hasRemaining()) {
            spool.file().channel().write(piece);
        }
        piece.clear();
    }

    @Override
    public void close() throws IOException {
        empty();
        spool.wrote(total, total);
        spool.ended();
    }
}
