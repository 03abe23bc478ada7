package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looking for something in the audit log. */
class AuditApiTest {
    private static final String ADMIN = "administrator-0123456789";
    private static final String DANA = "dana-0123456789012345";

    @TempDir
    Path folder;

    private TestGateway gateway;

    /** Rows, the newest first: the last refusals, which are written when they are asked for, and before them the acts. */
    @BeforeEach
    void start() {
        gateway = new TestGateway(folder);
        gateway.start("""
                admin: { token: %s }
                projects:
                  - path: acme/App
                    members:
                      - { user: dana, role: developer, tokens: [ { kind: personal, scopes: [api], value: %s } ] }
                  - { path: acme/lib }
                """.formatted(ADMIN, DANA));
        assertThat(send("DELETE", "/projects/acme%2Fapp/members/dana", ADMIN).statusCode())
                .isEqualTo(204);
        assertThat(send("DELETE", "/projects/acme%2Flib", ADMIN).statusCode()).isEqualTo(204);
        assertThat(send("DELETE", "/projects/acme%2Fapp", DANA).statusCode()).isBetween(401, 404);
        assertThat(send("POST", "/projects", null).statusCode()).isEqualTo(401);
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private HttpResponse<byte[]> send(String method, String path, @Nullable String token) {
        return token == null
                ? gateway.send(method, "/api/v4" + path)
                : gateway.send(method, "/api/v4" + path, "Private-Token", token);
    }

    private JsonNode events(String parameters) {
        HttpResponse<byte[]> answer = send("GET", "/audit_events" + parameters, ADMIN);
        assertThat(answer.statusCode()).isEqualTo(200);
        return JsonMapper.shared().readTree(answer.body());
    }

    private static List<String> named(JsonNode events) {
        return events.valueStream().map(row -> row.path("event").asString()).toList();
    }

    private List<String> found(String parameters) {
        return named(events(parameters));
    }

    @Test
    void without_parameters_all_is_shown_the_newest_first() {
        assertThat(found(""))
                .startsWith("create project", "delete project")
                .containsSubsequence("delete project", "delete project", "remove member dana", "reconcile");
    }

    @Test
    void what_fits_all_that_is_asked_for_is_shown() {
        shows("?project=ACME%2Fapp", "delete project", "remove member dana");
        shows("?project=acme%2Fapp&author=dana", "delete project");
        shows("?project=acme");
        shows("?author=ADMIN&event=delete", "delete project");
        shows("?author=anonymous", "create project");
        shows("?author=%25");
        shows("?event=member", "remove member dana");
        shows("?refused=true", "create project", "delete project");
        shows("?refused=true&author=user+dana", "delete project");
        shows("?refused=false&project=acme%2Flib", "delete project");
        shows("?refused=false&author=dana");
        shows("?event=member&since=2001-01-01", "remove member dana");
        shows("?event=member&until=2001-01-01");
        shows("?event=member&since=2999-12-31T00:00:00Z");
        shows("?event=member&project=&author=", "remove member dana");
    }

    private void shows(String parameters, String... events) {
        assertThat(found(parameters)).as(parameters).containsExactly(events);
    }

    @Test
    void a_row_is_among_those_since_its_moment_and_not_among_those_until_then() {
        String moment = events("?event=member").path(0).path("created_at").asString();

        assertThat(found("?event=member&since=" + moment)).hasSize(1);
        assertThat(found("?event=member&until=" + moment)).isEmpty();
    }

    @Test
    void pages_follow_each_other_within_what_is_asked_for() {
        JsonNode first = events("?event=delete&per_page=1");
        String next = "&before=" + first.path(0).path("id").asLong();

        assertThat(named(first)).containsExactly("delete project");
        assertThat(events("?event=delete&per_page=1" + next).path(0).path("id").asLong())
                .isLessThan(first.path(0).path("id").asLong());
        assertThat(found("?event=delete&per_page=7" + next)).containsExactly("delete project");
        assertThat(found("?per_page=100000").size()).isGreaterThan(3);
    }

    @Test
    void a_value_that_means_nothing_is_refused_by_its_name() {
        refuses("refused", "yes");
        refuses("since", "yesterday");
        refuses("since", "2026-01-01T10:00");
        refuses("until", "2026-13-01");
        refuses("before", "x");
        refuses("before", "-1");
        refuses("before", "99999999999999999999");
        refuses("per_page", "0");
        refuses("per_page", "1.5");
    }

    private void refuses(String parameter, String value) {
        HttpResponse<byte[]> answer = send("GET", "/audit_events?" + parameter + "=" + value, ADMIN);

        assertThat(answer.statusCode()).as(value).isEqualTo(400);
        assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                .startsWith("{\"message\":{\"" + parameter + "\":[\"");
    }
}
