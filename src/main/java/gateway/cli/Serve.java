package gateway.cli;

import gateway.settings.Settings;

/** Runs the server until it is told to stop. */
@FunctionalInterface
public interface Serve {

    /**
     * Blocks while the server runs.
     *
     * @return the exit status
     */
    int run(Settings settings) throws Exception;
}
