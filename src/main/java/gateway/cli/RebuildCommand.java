package gateway.cli;

import gateway.cache.Rebuild;
import gateway.catalog.CatalogDatabase;
import gateway.catalog.R2dbcCatalog;
import gateway.settings.Settings;
import gateway.storage.Holdings;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/** {@code gateway rebuild}: makes the database anew from the manifests in the store. */
@Command
final class RebuildCommand implements Callable<Integer> {

    @Mixin
    private final Flags flags = new Flags();

    @ParentCommand
    private @Nullable ServeCommand parent;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Map<String, String> environment;

    RebuildCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = flags.settings(environment, parent == null ? Map.of() : parent.flags.given());
        Holdings holdings = StoppedStore.open(settings);
        PrintWriter err = spec.commandLine().getErr();
        boolean whole = StoppedStore.now(
                Mono.usingWhen(
                        CatalogDatabase.anew(settings.database().path(), Clock.systemUTC())
                                .map(CatalogDatabase.Opened::catalog),
                        catalog -> rebuilt(catalog, holdings, err),
                        R2dbcCatalog::closeCompacted),
                settings);
        return whole ? 0 : Cli.FAILED;
    }

    private Mono<Boolean> rebuilt(R2dbcCatalog catalog, Holdings holdings, PrintWriter err) {
        LongAdder saved = new LongAdder();
        LongAdder skipped = new LongAdder();
        // Files that have a manifest each, but for equal ones: to count the manifests would take as long as to read
        // them.
        return holdings.blobs()
                .count()
                .flatMapMany(total -> {
                    Progress progress = new Progress(err, Progress.isTerminal(), "rebuilding", total);
                    return new Rebuild(catalog)
                            .run(holdings)
                            .doOnNext(entry -> {
                                (entry ? saved : skipped).increment();
                                progress.at(saved.sum() + skipped.sum());
                            })
                            .doFinally(signal -> progress.clear());
                })
                .then(catalog.rebuilt())
                .then(Mono.fromCallable(() -> {
                    String rest = skipped.sum() == 0
                            ? ""
                            : String.format(Locale.ROOT, ", skipped %,d that cannot be read", skipped.sum());
                    PrintWriter out = spec.commandLine().getOut();
                    out.println(
                            String.format(Locale.ROOT, "rebuilt the database from %,d manifests", saved.sum()) + rest);
                    out.flush();
                    return skipped.sum() == 0;
                }));
    }
}
