package gateway.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A process of its own that opens a catalog, says so, and saves until somebody kills it. */
final class CatalogProcess {
    static final String OPENED = "opened";
    static final String CHECKED = "checked";

    private CatalogProcess() {}

    public static void main(String[] arguments) {
        var catalog = Catalogs.await(CatalogDatabase.open(Path.of(arguments[0]), Clock.systemUTC()))
                .catalog();
        System.out.println(OPENED);
        Flux.range(0, Integer.MAX_VALUE).concatMap(i -> step(catalog, i)).blockLast();
    }

    private static Mono<Void> step(Catalog catalog, int i) {
        var now = Clock.systemUTC().instant();
        var some = Catalogs.key("/p" + i / 2);
        catalog.touched(some);
        return catalog.save(Catalogs.artifact("/p" + i, "n" + i % 100, "v" + i, "c" + i / 3, now))
                .then(i % 5 == 0 ? catalog.remove(some) : Mono.empty())
                .then(i % 50 == 49 ? catalog.flush() : Mono.empty())
                .then(say(Integer.toString(i)))
                .then(i % 40 == 39 ? catalog.check().then(say(CHECKED)) : Mono.empty());
    }

    private static Mono<Void> say(String line) {
        return Mono.fromRunnable(() -> System.out.println(line));
    }

    static Process start(Path database) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var process = new ProcessBuilder(List.of(
                        java,
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        CatalogProcess.class.getName(),
                        database.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return process;
    }

    /** Reads what the process says until it says this, or more than this number. */
    static void waitFor(Process process, String line) throws IOException {
        var out = process.inputReader(StandardCharsets.UTF_8);
        for (var said = out.readLine(); said != null; said = out.readLine()) {
            if (said.equals(line)) {
                return;
            }
        }
        throw new AssertionError("The process ended before it said " + line);
    }
}
