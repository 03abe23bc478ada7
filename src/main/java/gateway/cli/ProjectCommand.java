package gateway.cli;

import static gateway.cli.AdminClient.segment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code gateway project}: lists and changes the projects of a running gateway. */
@Command
final class ProjectCommand extends AdminCommand {

    @Option(names = {"-id", "--id"})
    private @Nullable String id;

    @Option(names = {"-visibility", "--visibility"})
    private @Nullable String visibility;

    ProjectCommand(Map<String, String> environment) {
        super(environment, "list, create, show, change, delete, members or member");
    }

    @Override
    JsonNode run(String action, List<String> arguments) {
        return switch (action) {
            case "list" -> {
                expect(arguments);
                yield client().send("GET", "/projects", null);
            }
            case "create" -> {
                expect(arguments, "PATH");
                Map<String, Object> body = visibility();
                body.put("path", arguments.getFirst());
                if (id != null) {
                    body.put("id", number("id", id));
                }
                yield client().send("POST", "/projects", body);
            }
            case "show" -> {
                expect(arguments, "PROJECT");
                yield client().send("GET", project(arguments), null);
            }
            case "change" -> {
                expect(arguments, "PROJECT");
                yield client().send("PUT", project(arguments), visibility());
            }
            case "delete" -> {
                expect(arguments, "PROJECT");
                yield client().send("DELETE", project(arguments), null);
            }
            case "members" -> {
                expect(arguments, "PROJECT");
                yield client().send("GET", project(arguments) + "/members", null);
            }
            case "member" -> {
                expect(arguments, "PROJECT", "USER", "ROLE");
                String path = project(arguments) + "/members/" + segment(arguments.get(1));
                String role = arguments.get(2);
                yield role.equals("none")
                        ? client().send("DELETE", path, null)
                        : client().send("PUT", path, Map.of("role", role));
            }
            default -> throw unknown(action);
        };
    }

    private static String project(List<String> arguments) {
        return "/projects/" + segment(arguments.getFirst());
    }

    private Map<String, Object> visibility() {
        Map<String, Object> body = new LinkedHashMap<>();
        if (visibility != null) {
            body.put("visibility", visibility);
        }
        return body;
    }
}
