package gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.TestGateway;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code gateway project} and {@code gateway token} against a gateway that runs. */
class AdminCommandsTest {
    private static final String ADMIN = "the administrator's own token";

    @TempDir
    Path folder;

    private TestGateway gateway;

    @BeforeEach
    void start() {
        gateway = new TestGateway(folder);
        gateway.start("admin: { token: \"" + ADMIN + "\" }");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void projectsAreMadeShownListedAndDeleted() {
        assertThat(run("project", "list").out()).isEqualTo("none\n");

        CommandLineRun made = run("project", "create", "acme/app", "-id", "7", "-visibility", "internal");
        assertThat(made.err()).isEmpty();
        assertThat(made.out()).contains("id: 7\n", "path: acme/app\n", "visibility: internal\n");
        assertThat(run("project", "change", "acme/app", "-visibility", "public").out())
                .contains("visibility: public\n");
        assertThat(run("project", "show", "7").out()).contains("path: acme/app\n");
        assertThat(run("project", "list").out().lines().map(line -> line.split(" +")[1]))
                .containsExactly("path", "acme/app");
        assertThat(run("project", "delete", "7").status()).isZero();
        assertThat(run("project", "list").out()).isEqualTo("none\n");
    }

    @Test
    void membersGetAndLoseTheirRole() {
        run("project", "create", "acme/app");

        assertThat(run("project", "member", "acme/app", "dana", "developer").status())
                .isZero();
        assertThat(run("project", "members", "acme/app").out().lines().map(line -> line.replaceAll(" +", " ")))
                .containsExactly("user role", "dana developer");
        assertThat(run("project", "member", "acme/app", "dana", "none").status())
                .isZero();
        assertThat(run("project", "members", "acme/app").out()).isEqualTo("none\n");
    }

    @Test
    void tokensAreShownOnceAndRevoked() {
        run("project", "create", "acme/app");
        for (String[] owner : new String[][] {{"-user", "dana"}, {"-project", "acme/app"}, {"-group", "acme"}}) {
            String scope = owner[0].equals("-user") ? "api" : "read_package_registry";
            CommandLineRun made = run(
                    "token",
                    "create",
                    owner[0],
                    owner[1],
                    "-name",
                    "mine",
                    "-scopes",
                    scope,
                    "-expires",
                    "2030-12-31",
                    "-json");
            assertThat(made.err()).isEmpty();
            var json = JsonMapper.shared().readTree(made.out());

            CommandLineRun listed = run("token", "list", owner[0], owner[1]);
            assertThat(listed.out()).contains("mine", scope, "2030-12-31T00:00:00Z");
            assertThat(listed.out()).doesNotContain(json.path("token").asString(""));
            String number = Long.toString(json.path("id").asLong());
            assertThat(run("token", "revoke", number, owner[0], owner[1]).status())
                    .isZero();
            assertThat(run("token", "list", owner[0], owner[1]).out()).isEqualTo("none\n");
        }
    }

    @Test
    void mistakesAreTold() {
        run("project", "create", "acme/app");

        mistake(
                "say what to do: list, create, show, change, delete, members or member; see gateway project -help",
                "project");
        mistake("cannot paint; what can be done: create, list or revoke", "token", "paint");
        mistake("after create comes PATH; see gateway project -help", "project", "create");
        mistake("path is taken: the project 1 has it already", "project", "create", "Acme/App");
        mistake("path is not the path of a project; write for example acme/app", "project", "create", "app");
        mistake("404 Project Not Found", "project", "show", "acme/other");
        mistake("whose token? give one of -user NAME, -project PATH or -group PATH", "token", "list");
        mistake("NUMBER: \"x\" is not a number", "token", "revoke", "x", "-user", "dana");
        mistake("scopes is missing; a user's token may have api or read_api", "token", "create", "-user", "dana");
    }

    private void mistake(String message, String... arguments) {
        CommandLineRun run = run(arguments);
        assertThat(run.err()).isEqualTo("gateway: " + message + "\n");
        assertThat(run.status()).isEqualTo(2);
    }

    @Test
    void anotherTokenIsRefusedAndNoTokenIsAskedFor() {
        assertThat(run(Map.of("PROXY_ADMIN_TOKEN", "a token of another gateway"), "project", "list"))
                .satisfies(run -> {
                    assertThat(run.status()).isEqualTo(2);
                    assertThat(run.err()).contains("PROXY_ADMIN_TOKEN").doesNotContain("another gateway");
                });
        assertThat(run(Map.of(), "project", "list").err()).contains("the administrator's token is not set");
    }

    @Test
    void whereNoGatewayRunsThatIsSaid() {
        gateway.stop();

        CommandLineRun run = run("project", "list");

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).contains("no gateway runs here");
    }

    private CommandLineRun run(String... arguments) {
        return run(Map.of("PROXY_ADMIN_TOKEN", ADMIN), arguments);
    }

    private CommandLineRun run(Map<String, String> environment, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("-database", folder.resolve("database/proxy.db").toString()));
        return CommandLineRun.of(environment, (_, _) -> 0, CommandLineRun.NO_DATABASE, all.toArray(String[]::new));
    }
}
