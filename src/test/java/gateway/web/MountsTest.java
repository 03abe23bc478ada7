package gateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.cache.Mount;
import gateway.settings.Repository;
import gateway.settings.Upstream;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which mount a path belongs to. */
class MountsTest {

    private static Mount mount(String path) {
        Upstream upstream = Upstream.at("upstream", URI.create("http://127.0.0.1:1"));
        return Mount.of(new Repository(path, "maven", List.of(upstream)), URI.create("http://gateway.test"));
    }

    private static Mounts mounts() {
        return new Mounts(List.of(mount("/maven"), mount("/maven-internal"), mount("/team/maven")));
    }

    @ParameterizedTest
    @CsvSource({
        "/maven,                   /maven",
        "/maven/,                  /maven",
        "/maven/g/a,               /maven",
        "/maven?q,                 /maven",
        "/maven-internal/g,        /maven-internal",
        "/team/maven/g,            /team/maven",
        "/mavenx,                  ",
        "/team,                    ",
        "/health,                  ",
        "/,                        ",
        "//maven/g,                ",
        "/MAVEN/g,                 ",
    })
    void a_path_comes(String path, @Nullable String mount) {
        assertThat(mounts().find(path).map(Mount::path).orElse(null)).isEqualTo(mount);
        assertThat(mounts().mayMatch(path)).isEqualTo(mount != null);
    }

    @Test
    void a_target_is_no_path() {
        // In its absolute form it may belong to any mount: that is found out when it is parsed.
        assertThat(mounts().mayMatch("http://gateway.test/maven/g")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"/maven, /", "/maven/, /", "/maven/g/a, /g/a", "/maven//g/a, /g/a", "/maven/g//a, /g//a"})
    void what_is_below_a_mount(String path, String below) {
        assertThat(Mounts.below(mount("/maven"), path)).isEqualTo(below);
    }
}
