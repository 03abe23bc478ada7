package gateway.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** What the commands of the administrator have in common: an action with its arguments, a server, and what it says. */
abstract class AdminCommand implements Callable<Integer> {

    @Mixin
    private final Flags flags = new Flags();

    @Option(names = {"-json", "--json"})
    private boolean json;

    @Parameters
    private List<String> words = new ArrayList<>();

    @ParentCommand
    private @Nullable ServeCommand parent;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    private final Map<String, String> environment;
    private final String actions;
    private @Nullable AdminClient client;

    /**
     * @param actions for the complaint about another
     */
    AdminCommand(Map<String, String> environment, String actions) {
        this.environment = environment;
        this.actions = actions;
    }

    @Override
    public Integer call() {
        if (words.isEmpty()) {
            throw new CommandException("say what to do: " + actions + "; see " + help(), Cli.MISTAKE);
        }
        JsonNode said = run(words.getFirst(), words.subList(1, words.size()));
        var out = spec.commandLine().getOut();
        out.print(json ? said.toPrettyString() + "\n" : AdminText.render(said));
        out.flush();
        return 0;
    }

    /** Does one action, and returns what the server says. */
    abstract JsonNode run(String action, List<String> arguments);

    AdminClient client() {
        AdminClient known = client;
        if (known == null) {
            known = new AdminClient(flags.settings(environment, parent == null ? Map.of() : parent.flags.given()));
            client = known;
        }
        return known;
    }

    void expect(List<String> arguments, String... names) {
        if (arguments.size() != names.length) {
            String wanted = names.length == 0 ? "nothing more" : String.join(" ", names);
            throw new CommandException(
                    "after " + words.getFirst() + " comes " + wanted + "; see " + help(), Cli.MISTAKE);
        }
    }

    CommandException unknown(String action) {
        return new CommandException("cannot " + action + "; what can be done: " + actions, Cli.MISTAKE);
    }

    static long number(String name, String text) {
        if (!text.matches("[1-9][0-9]{0,17}")) {
            throw new CommandException(name + ": \"" + text + "\" is not a number", Cli.MISTAKE);
        }
        return Long.parseLong(text);
    }

    private String help() {
        return "gateway " + spec.commandLine().getCommandName() + " -help";
    }
}
