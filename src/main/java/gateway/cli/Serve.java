package gateway.cli;

import gateway.settings.Settings;
import java.util.function.Supplier;

/** Runs the server until it is told to stop. */
@FunctionalInterface
public interface Serve {

    /**
     * Blocks while the server runs.
     *
     * @param again reads the settings anew, in case they have changed
     * @return the exit status
     */
    int run(Settings settings, Supplier<Settings> again) throws Exception;
}
