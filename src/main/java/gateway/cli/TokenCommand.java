package gateway.cli;

import static gateway.cli.AdminClient.segment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code gateway token}: makes, lists and revokes the tokens of a running gateway. */
@Command
final class TokenCommand extends AdminCommand {

    @Option(names = {"-user", "--user"})
    private @Nullable String user;

    @Option(names = {"-project", "--project"})
    private @Nullable String project;

    @Option(names = {"-group", "--group"})
    private @Nullable String group;

    @Option(names = {"-name", "--name"})
    private @Nullable String name;

    @Option(names = {"-scopes", "--scopes"})
    private @Nullable String scopes;

    @Option(names = {"-expires", "--expires"})
    private @Nullable String expires;

    TokenCommand(Map<String, String> environment) {
        super(environment, "create, list or revoke");
    }

    @Override
    JsonNode run(String action, List<String> arguments) {
        return switch (action) {
            case "create" -> {
                expect(arguments);
                yield client().send("POST", owner(), body());
            }
            case "list" -> {
                expect(arguments);
                yield client().send("GET", owner(), null);
            }
            case "revoke" -> {
                expect(arguments, "NUMBER");
                yield client().send("DELETE", owner() + "/" + number("NUMBER", arguments.getFirst()), null);
            }
            default -> throw unknown(action);
        };
    }

    private String owner() {
        if (user != null && project == null && group == null) {
            return "/users/" + segment(user) + "/personal_access_tokens";
        }
        if (project != null && user == null && group == null) {
            return "/projects/" + segment(project) + "/deploy_tokens";
        }
        if (group != null && user == null && project == null) {
            return "/groups/" + segment(group) + "/deploy_tokens";
        }
        throw new CommandException("whose token? give one of -user NAME, -project PATH or -group PATH", Cli.MISTAKE);
    }

    private Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        String usual = user == null ? "deploy" : "gateway";
        body.put(user == null ? "username" : "name", name == null ? usual : name);
        body.put("scopes", scopes == null ? List.of() : List.of(scopes.split(" *, *")));
        if (expires != null) {
            body.put("expires_at", expires);
        }
        return body;
    }
}
