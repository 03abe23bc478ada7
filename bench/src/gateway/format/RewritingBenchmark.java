package gateway.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * What rewriting an index costs, and reading its links, against walking over its tokens with Jackson, which is the least that
 * parsing it can cost. {@code -prof gc} tells how much memory each takes.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class RewritingBenchmark {

    @Param
    Documents document = Documents.NPM;

    @Param({"100000", "12000000"})
    int length;

    private final JsonFactory json = new JsonFactory();
    private byte[] bytes = {};

    @Setup
    public void make() {
        bytes = document.bytes(length);
    }

    @Benchmark
    public long rewrite() throws IOException {
        Counted out = new Counted();
        document.rewrite(bytes, out);
        return out.length;
    }

    @Benchmark
    public int links() throws IOException {
        return document.links(bytes);
    }

    @Benchmark
    public int parseAlone() {
        int tokens = 0;
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), bytes)) {
            while (parser.nextToken() != null) {
                tokens++;
            }
        }
        return tokens;
    }

    /** Takes bytes and forgets them. */
    private static final class Counted extends OutputStream {
        private long length;

        @Override
        public void write(int b) {
            length++;
        }

        @Override
        public void write(byte[] b, int offset, int count) {
            length += count;
        }
    }
}
