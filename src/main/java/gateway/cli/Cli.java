package gateway.cli;

import gateway.settings.SettingsException;
import gateway.settings.Suggestion;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program as the shell sees it: arguments in, text and an exit status out. */
public final class Cli {

    /** Something failed. */
    static final int FAILED = 1;

    /** The operator has something to correct. */
    static final int MISTAKE = 2;

    private final CommandLine root;

    /**
     * Wires the commands.
     *
     * @param environment the process's variables
     */
    public Cli(String version, Map<String, String> environment, Serve serve, StatsSource stats) {
        root = command(new ServeCommand(environment, serve), "gateway", HelpText.SERVE, version);
        root.addSubcommand("serve", command(new ServeCommand(environment, serve), "serve", HelpText.SERVE, version));
        root.addSubcommand("stats", command(new StatsCommand(environment, stats), "stats", HelpText.STATS, version));
        root.addSubcommand("verify", command(new VerifyCommand(environment), "verify", HelpText.VERIFY, version));
        root.addSubcommand("rebuild", command(new RebuildCommand(environment), "rebuild", HelpText.REBUILD, version));
        root.addSubcommand("project", command(new ProjectCommand(environment), "project", HelpText.PROJECT, version));
        root.addSubcommand("token", command(new TokenCommand(environment), "token", HelpText.TOKEN, version));
    }

    private static CommandLine command(Object command, String name, String help, String version) {
        CommandLine line = new CommandLine(command)
                .setCommandName(name)
                .setExpandAtFiles(false)
                .setPosixClusteredShortOptionsAllowed(false)
                .setParameterExceptionHandler((e, _) -> mistake(e))
                .setExecutionExceptionHandler((e, where, _) -> failure(e, where));
        CommandSpec spec = line.getCommandSpec();
        spec.version("gateway " + version + " (Java " + Runtime.version() + ")");
        spec.usageMessage().sectionKeys(List.of("help"));
        spec.usageMessage().sectionMap().put("help", _ -> help);
        return line;
    }

    /** Runs one command to its end and gives the exit status. */
    public int run(PrintWriter out, PrintWriter err, String... arguments) {
        return root.setOut(out).setErr(err).execute(arguments);
    }

    private static int failure(Exception e, CommandLine where) {
        String message = switch (e) {
            case SettingsException _, CommandException _ -> String.valueOf(e.getMessage());
            default -> "failed: " + e;
        };
        line(where, message);
        return switch (e) {
            case SettingsException _ -> MISTAKE;
            case CommandException known -> known.status();
            default -> {
                // Nobody expected it, so whoever reports it needs the trace.
                LoggerFactory.getLogger(Cli.class).error("the command failed", e);
                yield FAILED;
            }
        };
    }

    private static int mistake(ParameterException e) {
        CommandLine where = e.getCommandLine();
        String help =
                "; see " + String.join(" ", new LinkedHashSet<>(List.of("gateway", where.getCommandName()))) + " -help";
        line(where, text(e) + help);
        return MISTAKE;
    }

    private static String text(ParameterException e) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        return switch (e) {
            case UnmatchedArgumentException unmatched ->
                unknown(unmatched.getUnmatched().getFirst(), spec);
            case OverwrittenOptionException twice ->
                twice.getOverwritten() instanceof OptionSpec option
                        ? "flag " + option.names()[0] + " is given twice"
                        : "a flag is given twice";
            case CommandLine.MissingParameterException missing ->
                missing.getMissing().getFirst() instanceof OptionSpec option
                        ? "flag " + option.names()[0] + " needs a value"
                        : "an argument is missing";
            default -> String.valueOf(e.getMessage()).lines().findFirst().orElse("cannot understand the arguments");
        };
    }

    private static String unknown(String argument, CommandSpec spec) {
        if (!argument.startsWith("-")) {
            Set<String> commands = spec.root().subcommands().keySet();
            return "unknown command " + argument + suggestion(argument, commands, "");
        }
        String name = argument.replaceFirst("^-+", "").replaceFirst("=.*", "");
        Set<String> known = spec.optionsMap().keySet().stream()
                .map(option -> option.replaceFirst("^-+", ""))
                .filter(option -> option.length() > 1)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return "unknown flag -" + name + suggestion(name, known, "-");
    }

    private static String suggestion(String word, Set<String> known, String prefix) {
        return Suggestion.of(word, new ArrayList<>(known))
                .map(close -> " (did you mean " + prefix + close + "?)")
                .orElse("");
    }

    private static void line(CommandLine where, String message) {
        where.getErr().println("gateway: " + message.replaceAll("\\p{Cntrl}+", " "));
        where.getErr().flush();
    }
}
