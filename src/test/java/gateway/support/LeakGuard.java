package gateway.support;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails the test class after which Netty reports a buffer that nobody released. */
public final class LeakGuard implements BeforeAllCallback, AfterAllCallback {
    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();

    // JUnit makes its extensions before it touches a test class, and so before Netty makes its first detector.
    static {
        ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(new ResourceLeakDetectorFactory() {
            @Override
            @SuppressWarnings("deprecation") // abstract all the same
            public <T> ResourceLeakDetector<T> newResourceLeakDetector(Class<T> resource, int interval, long active) {
                return new Recorder<>(resource, interval);
            }
        });
    }

    /** The leaks reported so far that match; they are forgotten by this. */
    static List<String> take(Predicate<String> wanted) {
        collect();
        var taken = LEAKS.stream().filter(wanted).toList();
        LEAKS.removeAll(taken);
        return taken;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).computeIfAbsent(LastLook.class);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        failOnLeaks("Buffers were leaked by " + context.getDisplayName() + " or a class before it");
    }

    private static void failOnLeaks(String what) {
        var leaks = take(leak -> true);
        if (!leaks.isEmpty()) {
            throw new AssertionError(what + ":\n" + String.join("\n", leaks));
        }
    }

    /** A leak shows when its buffer has been collected and the next one is made. */
    private static void collect() {
        System.gc();
        ByteBufAllocator.DEFAULT.directBuffer(1).release();
    }

    /** Looks once more when all tests are over, since the last class's garbage may come late. */
    static final class LastLook implements AutoCloseable {
        @Override
        public void close() {
            for (int i = 0; i < 3; i++) {
                collect();
                LockSupport.parkNanos(50_000_000);
            }
            failOnLeaks("Buffers were leaked");
        }
    }

    private static final class Recorder<T> extends ResourceLeakDetector<T> {
        Recorder(Class<T> resource, int interval) {
            super(resource, interval);
        }

        @Override
        protected void reportTracedLeak(String resource, String records) {
            var ours = records.lines().filter(line -> !line.contains("junit") && !line.contains("java.base/"));
            LEAKS.add(resource + " " + ours.collect(Collectors.joining("\n")));
        }

        @Override
        protected void reportUntracedLeak(String resource) {
            LEAKS.add(resource);
        }
    }
}
