package gateway.format;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A stream that gives its bytes in small pieces: one by one, or of random sizes. */
final class Trickle extends FilterInputStream {

    private final @Nullable Random random;

    Trickle(InputStream in) {
        super(in);
        this.random = null;
    }

    Trickle(InputStream in, long seed) {
        super(in);
        this.random = new Random(seed);
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        int piece = random == null ? 1 : 1 + random.nextInt(3000);
        return super.read(bytes, from, Math.min(length, piece));
    }
}
