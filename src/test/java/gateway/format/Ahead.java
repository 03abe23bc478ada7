package gateway.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/** A document of which no more may be read ahead of what came of it than so many bytes: the rest would be in memory. */
final class Ahead extends FilterInputStream {

    private final LongSupplier done;
    private final long most;
    private long position;

    /** @param done how many bytes of it are dealt with, as the test can tell */
    Ahead(InputStream document, LongSupplier done, long most) {
        super(document);
        this.done = done;
        this.most = most;
    }

    long position() {
        return position;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int from, int length) throws IOException {
        int count = super.read(target, from, length);
        position += Math.max(count, 0);
        if (position - done.getAsLong() > most) {
            throw new AssertionError((position - done.getAsLong()) + " bytes were read, and nothing came of them");
        }
        return count;
    }
}
