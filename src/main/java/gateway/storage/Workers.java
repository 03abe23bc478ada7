package gateway.storage;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The store's own threads: they wait for disks and compute digests, so that no event loop has to. */
final class Workers {

    private static final int FILES = 8;
    /** About a tenth of what a thread of ordinary priority gets when both want the same core. */
    private static final int NICE = 10;

    private final ThreadPoolExecutor files = threads("store", FILES, () -> {});
    private final ThreadPoolExecutor awaited = threads("digest", cores(), () -> {});
    private final ThreadPoolExecutor background = threads("digest-low", cores(), Workers::stepBack);
    // The method reference hides that this is an executor service, whose tasks Reactor would interrupt when a reader
    // leaves: an interrupted read closes the file for everybody else who reads it.
    @SuppressWarnings("UnnecessaryMethodReference")
    private final Scheduler onFiles = Schedulers.fromExecutor(files::execute);

    @SuppressWarnings("UnnecessaryMethodReference")
    private final Scheduler low = Schedulers.fromExecutor(background::execute);

    Scheduler files() {
        return onFiles;
    }

    /** The same threads, for who orders its tasks itself. */
    Executor writers() {
        return files;
    }

    /** For work on files that nobody waits for, in small tasks: digests share these threads. */
    Scheduler low() {
        return low;
    }

    Executor digests(Urgency urgency) {
        return switch (urgency) {
            case AWAITED -> awaited;
            case BACKGROUND -> background;
        };
    }

    void close() {
        List.of(files, awaited, background).forEach(ThreadPoolExecutor::shutdown);
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    private static ThreadPoolExecutor threads(String name, int count, Runnable first) {
        AtomicInteger number = new AtomicInteger();
        ThreadFactory named = task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
        // Event loops hand over work here: this queue has no lock, and no thread is made when work comes.
        ThreadPoolExecutor threads = new Threads(count, named, first);
        threads.prestartAllCoreThreads();
        return threads;
    }

    /**
     * Each thread does something before its first task, not before: a start need not wait for it. What comes after the
     * end, say from a connection that closes last, is done all the same: it gives buffers and files back.
     */
    private static final class Threads extends ThreadPoolExecutor {

        private final ThreadLocal<Boolean> begun;

        Threads(int count, ThreadFactory factory, Runnable first) {
            super(
                    count,
                    count,
                    0,
                    TimeUnit.SECONDS,
                    new LinkedTransferQueue<>(),
                    factory,
                    (late, closed) -> factory.newThread(late).start());
            begun = ThreadLocal.withInitial(() -> {
                first.run();
                return true;
            });
        }

        @Override
        protected void beforeExecute(Thread thread, Runnable task) {
            begun.get();
        }
    }

    /**
     * Lowers this thread's own priority, see setpriority(2). Java's priorities do nothing on Linux, the only system where a
     * thread has one of its own; elsewhere this does nothing.
     */
    @SuppressWarnings("restricted")
    private static void stepBack() {
        if (!System.getProperty("os.name").equals("Linux")) {
            return;
        }
        try {
            Linker linker = Linker.nativeLinker();
            MemorySegment setpriority = linker.defaultLookup().findOrThrow("setpriority");
            MethodHandle call = linker.downcallHandle(
                    setpriority,
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            int refused = (int) call.invokeExact(0, 0, NICE);
            if (refused != 0) {
                throw new IllegalStateException("setpriority refused");
            }
        } catch (Throwable withoutIt) {
            // Then digests share the processor evenly with the clients, which costs speed and nothing else.
        }
    }
}
