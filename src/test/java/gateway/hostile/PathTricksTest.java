package gateway.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths that lead elsewhere for whoever reads them twice, or in another way: in every format, at every place. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PathTricksTest {

    /** One folder up, an end, a second path or a second request, each in the spelling of some reader. */
    private static final List<String> TRICKS = List.of(
            "..",
            "%2e%2e",
            ".%2E",
            "%2e.",
            "..%2f..",
            "%2e%2e%2f%2e%2e%2f",
            "..%5c..",
            "..\\..",
            "..;",
            "..;/..",
            "..;a=b",
            "..%3b",
            "..%00",
            "..%00/",
            "%00",
            "..%0d%0a",
            "%0d%0aX-Evil:%201%0d%0a",
            "%0a",
            "%7f",
            "%1b%5b31m",
            "%c0%ae%c0%ae",
            "%c0%ae%c0%ae%c0%af",
            "%e0%80%ae%e0%80%ae",
            "%f0%80%80%ae",
            "..%c0%af..",
            "..%e0%80%af..",
            "..%c1%9c..",
            "%uff0e%uff0e",
            "%u002e%u002e",
            "%ff%fe",
            "%ed%a0%80",
            "\u00c0\u00ae",
            "%ef%bc%8e%ef%bc%8e",
            "\u00ef\u00bc\u008e\u00ef\u00bc\u008e",
            "%e2%80%a4%e2%80%a4",
            "%e2%88%95",
            "%ef%bc%8f",
            "%e2%80%ae",
            "%252e%252e",
            "%25252e%25252e",
            "..%252f..%252f..",
            "..%255c..",
            "%2500",
            "%250d%250a",
            "%",
            "%%",
            "%2",
            "%zz",
            "%2%65",
            "...",
            "....//",
            "....",
            ". .",
            "%20",
            "%20..",
            "..%20",
            "..%09",
            ".",
            "",
            "/",
            "//",
            "%2f",
            "%2f%2f",
            "%3f",
            "%3fa=b",
            "%23",
            "#",
            "@evil.test",
            "%40evil.test:80",
            "evil.test:443",
            "http:%2f%2fevil.test%2f",
            "http://evil.test/",
            "~root",
            "C:",
            "C%3a%5c",
            "CON",
            "file.",
            ".git",
            ".blobs",
            ".staging",
            "-rf",
            "*",
            "$(id)",
            "`id`",
            "|id",
            "'%20or%20'1'='1",
            "%22",
            "<script>",
            "{0}",
            "${HOME}",
            "%24%7bjndi:ldap:%2f%2fevil.test%2f%7d",
            "a".repeat(300),
            "%61".repeat(300),
            "\u00f0\u009f\u0092\u00a9".repeat(80),
            "a/".repeat(7_000) + "b",
            "a/../".repeat(100),
            "./".repeat(1000));

    @SuppressWarnings("NullAway.Init") // before all tests
    private AllMounts mounts;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        mounts = AllMounts.start(folder);
    }

    @AfterAll
    void stop() {
        mounts.close();
    }

    static List<String> formats() {
        return AllMounts.formats();
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_segment_is_not_what_it_seems(String format) throws Exception {
        // Another two places for each trick in each format.
        int turn = AllMounts.formats().indexOf(format);
        for (String trick : TRICKS) {
            List<String> targets = targets(format, trick);
            assertInside(
                    format, List.of(targets.get(turn % targets.size()), targets.get((turn / 2 + 4) % targets.size())));
            turn++;
        }
        assertThat(mounts.gateway().files()).isEmpty();
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("formats")
    void each_segment_is_not_what_it_seems(String format) throws Exception {
        for (String trick : TRICKS) {
            assertInside(format, targets(format, trick));
        }
        assertThat(mounts.gateway().files()).isEmpty();
    }

    private void assertInside(String format, List<String> targets) throws Exception {
        int seen = mounts.upstream().requests().size();
        for (String target : targets) {
            int status = mounts.status("GET", target);

            // 404 is what the upstream itself says of all it is asked for; 502 what the gateway says of its indexes.
            assertThat(status).as(target).isIn(400, 404, 502);
            List<FakeUpstream.Request> requests = mounts.upstream().requests();
            for (FakeUpstream.Request request : requests.subList(seen, requests.size())) {
                assertSame(format, target, request.path());
            }
            seen = requests.size();
        }
    }

    /** The trick in place of each segment, before and behind the path, and in front of the mount. */
    private static List<String> targets(String format, String trick) {
        String mount = "/" + format;
        String path = AllMounts.artifact(format);
        List<String> segments = Arrays.asList(path.substring(1).split("/", -1));
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < segments.size(); i++) {
            List<String> changed = new ArrayList<>(segments);
            changed.set(i, trick);
            targets.add(mount + "/" + String.join("/", changed));
        }
        targets.add(mount + "/" + trick + path);
        targets.add(mount + path + "/" + trick);
        targets.add(mount + path + trick);
        targets.add(mount + trick + path);
        return targets;
    }

    /** What goes out has no more power than what came in. */
    private static void assertSame(String format, String target, String asked) {
        String registry = AllMounts.registry(format);
        assertThat(asked).as(target).startsWith(registry + "/");
        String path = asked.replaceFirst("\\?.*", "");
        assertThat(path).as(target).matches("[!-~]+").doesNotContain("\\", "#", "<", ">", "\"", "`");
        String decoded = URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        assertThat(List.of(decoded.split("/", -1))).as(target + " -> " + asked).doesNotContain("..", ".");
        assertThat(decoded.chars()).as(target + " -> " + asked).noneMatch(c -> c < ' ' || c == 0x7f || c == '\\');
        if (asked.contains("?")) {
            // No part of a path has become a query.
            assertThat(target.contains("?")
                            || !target.toLowerCase(java.util.Locale.ROOT).contains("%3f"))
                    .as(target + " -> " + asked)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_target_names_another_host(String format) throws Exception {
        String path = "/" + format + AllMounts.artifact(format);
        int seen = mounts.upstream().requests().size();
        for (String target : List.of(
                "http://evil.test" + path,
                "https://evil.test:1" + path,
                "HTTP://evil.test" + path,
                "ftp://evil.test" + path,
                "http://gateway.test@evil.test" + path,
                "http://[::1" + path,
                "http://" + path,
                "http:" + path,
                "//evil.test" + path,
                "/" + path,
                "evil.test" + path,
                "evil.test:443",
                "*",
                "?" + path,
                "javascript:alert(1)")) {
            assertThat(mounts.status("GET", target)).as(target).isIn(400, 404, 502);
        }
        List<FakeUpstream.Request> requests = mounts.upstream().requests();
        assertThat(requests.subList(seen, requests.size()))
                .allSatisfy(request -> assertThat(request.path()).startsWith(AllMounts.registry(format) + "/"))
                .noneMatch(request -> request.path().contains("evil"))
                .allSatisfy(request -> assertThat(request.header("host")).startsWith("127.0.0.1:"));
    }

    @ParameterizedTest
    @MethodSource("formats")
    void a_target_is_too_long(String format) throws Exception {
        String path = "/" + format + AllMounts.artifact(format);

        assertThat(mounts.status("GET", path + "a".repeat(20_000))).isEqualTo(414);
        assertThat(mounts.status("GET", path + "?" + "a=b&".repeat(5_000))).isEqualTo(414);
        // Below the limit it is only a name that no file system has.
        assertThat(mounts.status("GET", path + "a".repeat(12_000))).isIn(400, 404, 414, 502);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/health", "/nowhere"})
    void the_gateways_own_pages_are_asked_for(String page) throws Exception {
        for (String trick : TRICKS) {
            for (String target : List.of(page + trick, "/stats?popular=" + trick)) {
                assertThat(mounts.status("GET", target)).as(target).isIn(200, 400, 404, 414);
            }
        }
    }
}
