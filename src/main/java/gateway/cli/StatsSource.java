package gateway.cli;

import gateway.catalog.Statistics;
import gateway.settings.Settings;

/** Reads statistics from a database that no server has open. */
@FunctionalInterface
public interface StatsSource {

    /**
     * Opens the database read-only; it exists.
     *
     * @param popular how many popular packages at most
     * @param recent how many recent ones at most
     */
    Statistics read(Settings settings, int popular, int recent) throws Exception;
}
