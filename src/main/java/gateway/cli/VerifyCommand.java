package gateway.cli;

import gateway.cache.Audit;
import gateway.cache.Rebuild;
import gateway.catalog.Catalog;
import gateway.catalog.CatalogDatabase;
import gateway.catalog.CatalogException;
import gateway.catalog.R2dbcCatalog;
import gateway.settings.Settings;
import gateway.storage.Holdings;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

/** {@code gateway verify}: checks all that a store holds, and puts it right when it is told to. */
@Command
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private final Flags flags = new Flags();

    @Option(names = {"-repair", "--repair"})
    private boolean repair;

    @Option(names = {"-json", "--json"})
    private boolean json;

    @ParentCommand
    private @Nullable ServeCommand parent;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Map<String, String> environment;
    private final LongAdder found = new LongAdder();

    VerifyCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = flags.settings(environment, parent == null ? Map.of() : parent.flags.given());
        Holdings holdings = StoppedStore.open(settings);
        boolean existed = settings.database().exists();
        if (repair) {
            StoppedStore.now(
                    Mono.usingWhen(
                            CatalogDatabase.open(settings.database().path(), Clock.systemUTC()),
                            opened -> complete(opened, holdings, existed ? settings : null)
                                    .then(audited(opened.catalog(), holdings)),
                            opened -> opened.catalog().close()),
                    settings);
        } else if (existed) {
            StoppedStore.now(
                    Mono.usingWhen(
                                    CatalogDatabase.openReadOnly(
                                            settings.database().path(), Clock.systemUTC()),
                                    catalog -> audited(catalog, holdings),
                                    R2dbcCatalog::close)
                            .onErrorResume(
                                    e -> e instanceof CatalogException known
                                            && known.reason() == CatalogException.Reason.BROKEN,
                                    e -> {
                                        broken(settings);
                                        return audited(null, holdings);
                                    }),
                    settings);
        } else {
            StoppedStore.now(audited(null, holdings), settings);
        }
        return found.sum() == 0 ? 0 : Cli.FAILED;
    }

    /**
     * A catalog that was new, broken or never finished knows too little to be compared with.
     *
     * @param before null when there was none before
     */
    private Mono<Void> complete(CatalogDatabase.Opened opened, Holdings holdings, @Nullable Settings before) {
        if (!opened.needsRebuild()) {
            return Mono.empty();
        }
        if (before != null) {
            broken(before);
        }
        return new Rebuild(opened.catalog()).run(holdings).then(opened.catalog().rebuilt());
    }

    private void broken(Settings settings) {
        found("database", settings.database().path().toString(), "it is broken or was never completed");
    }

    private Mono<Boolean> audited(@Nullable Catalog catalog, Holdings holdings) {
        PrintWriter err = spec.commandLine().getErr();
        Audit audit = new Audit(catalog, holdings, repair);
        return holdings.blobs()
                .count()
                .flatMapMany(total -> {
                    Progress progress = new Progress(err, Progress.isTerminal(), "hashing", total);
                    return audit.run(() -> progress.at(audit.blobs()))
                            .doOnNext(finding -> {
                                progress.clear();
                                found(finding.kind(), finding.subject(), finding.why());
                            })
                            .doFinally(signal -> progress.clear());
                })
                .then(Mono.fromCallable(() -> {
                    summary(audit);
                    return true;
                }));
    }

    private void found(String kind, String subject, String why) {
        found.increment();
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("kind", kind);
        document.put("subject", subject);
        document.put("why", why);
        document.put("repaired", repair);
        line(document, String.format(Locale.ROOT, "%-10s %s: %s%s", kind, subject, why, repair ? "; repaired" : ""));
    }

    private void summary(Audit audit) {
        Map<String, Object> totals = new LinkedHashMap<>();
        totals.put("kind", "total");
        totals.put("blobs", audit.blobs());
        totals.put("manifests", audit.manifests());
        totals.put("rows", audit.rows());
        totals.put("found", found.sum());
        line(
                totals,
                String.format(
                        Locale.ROOT,
                        "checked %,d blobs, %,d manifests and %,d rows of the database: %s",
                        audit.blobs(),
                        audit.manifests(),
                        audit.rows(),
                        found.sum() == 0 ? "all is well" : String.format(Locale.ROOT, "%,d found", found.sum())));
    }

    // Names come from registries: nothing in them may reach the terminal as a command.
    private void line(Map<String, Object> document, String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                json ? JsonMapper.shared().writeValueAsString(document) : text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?"));
        out.flush();
    }
}
