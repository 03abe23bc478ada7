package gateway.cli;

import gateway.catalog.Statistics;
import gateway.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What came of one command line.
 *
 * @param served the settings that the server was started with
 */
record CommandLineRun(int status, String out, String err, List<Settings> served) {

    static final StatsSource NO_DATABASE = (_, _, _) -> {
        throw new AssertionError("the database must not be opened");
    };

    static CommandLineRun of(String... arguments) {
        return of(Map.of(), (_, _) -> 0, NO_DATABASE, arguments);
    }

    static CommandLineRun of(Serve serve, String... arguments) {
        return of(Map.of(), serve, NO_DATABASE, arguments);
    }

    static CommandLineRun of(Map<String, String> environment, Serve serve, StatsSource stats, String... arguments) {
        List<Settings> served = new ArrayList<>();
        Serve remembering = (settings, again) -> {
            served.add(settings);
            return serve.run(settings, again);
        };
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = new Cli("1.2.3", environment, remembering, stats)
                .run(new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandLineRun(status, out.toString(), err.toString(), served);
    }

    static StatsSource source(Statistics statistics) {
        return (_, _, _) -> statistics;
    }
}
