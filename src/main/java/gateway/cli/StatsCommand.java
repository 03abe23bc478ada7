package gateway.cli;

import gateway.catalog.Statistics;
import gateway.settings.Database;
import gateway.settings.RunFile;
import gateway.settings.Settings;
import gateway.settings.SettingsException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code gateway stats}: asks the server that has the database open, else opens the database. */
@Command
final class StatsCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    @Mixin
    private final Flags flags = new Flags();

    @Option(names = {"-json", "--json"})
    private boolean json;

    @Option(names = {"-popular", "--popular"})
    private String popular = "10";

    @Option(names = {"-recent", "--recent"})
    private String recent = "10";

    @ParentCommand
    private @Nullable ServeCommand parent;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Map<String, String> environment;
    private final StatsSource source;

    StatsCommand(Map<String, String> environment, StatsSource source) {
        this.environment = environment;
        this.source = source;
    }

    @Override
    public Integer call() {
        int howPopular = number("popular", popular);
        int howRecent = number("recent", recent);
        Settings settings = flags.settings(environment, parent == null ? Map.of() : parent.flags.given());
        Database database = settings.database();
        Optional<RunFile> server = RunFile.read(database.runFile());
        Optional<Statistics> told = server.flatMap(s -> RunningServer.ask(s, howPopular, howRecent));
        PrintWriter out = spec.commandLine().getOut();
        if (told.isEmpty() && !database.exists()) {
            PrintWriter notice = json ? spec.commandLine().getErr() : out;
            notice.println("nothing cached yet: " + database.path() + " does not exist");
            notice.flush();
            told = json ? Optional.of(Statistics.NONE) : told;
        } else if (told.isEmpty()) {
            told = Optional.of(open(settings, server, howPopular, howRecent));
        }
        told.ifPresent(statistics ->
                out.print(json ? JSON.writeValueAsString(statistics) + "\n" : new StatsText(statistics).render()));
        out.flush();
        return 0;
    }

    private Statistics open(Settings settings, Optional<RunFile> server, int howPopular, int howRecent) {
        try {
            return source.read(settings, howPopular, howRecent);
        } catch (Exception e) {
            String owner = server.map(
                            s -> " (the server at " + s.address() + ", process " + s.pid() + ", does not answer)")
                    .orElse("");
            throw new CommandException(
                    "cannot read " + settings.database().path() + owner + ": " + e.getMessage(), Cli.FAILED, e);
        }
    }

    private static int number(String flag, String text) {
        if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) > 1000) {
            throw new SettingsException("-" + flag + ": \"" + text + "\" is not a number from 0 to 1000");
        }
        return Integer.parseInt(text);
    }
}
