package gateway.cli;

import gateway.catalog.CatalogDatabase;
import gateway.catalog.R2dbcCatalog;
import gateway.catalog.Statistics;
import gateway.settings.Settings;
import java.time.Clock;
import java.util.Objects;
import reactor.core.publisher.Mono;

/** Reads the catalog of a server that does not run. */
public final class StoppedCatalog {

    private StoppedCatalog() {}

    /** Opens the database read-only and closes it again. */
    public static Statistics statistics(Settings settings, int popular, int recent) {
        return Objects.requireNonNull(Mono.usingWhen(
                        CatalogDatabase.openReadOnly(settings.database().path(), Clock.systemUTC()),
                        catalog -> catalog.statistics(popular, recent),
                        R2dbcCatalog::close)
                .block());
    }
}
