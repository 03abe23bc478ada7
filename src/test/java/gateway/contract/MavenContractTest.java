package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Maven: metadata as it is, and a jar with a digest in a file beside it. */
class MavenContractTest extends FormatContract {

    private static final String FOLDER = "/org/example/demo/";
    private static final String JAR = FOLDER + "1.0/demo-1.0.jar";

    @Override
    public String format() {
        return "maven";
    }

    @Override
    void stockMore() {
        upstream().serve(JAR + ".sha1", StoreFiles.hex("SHA-1", payload()) + "  demo-1.0.jar\n");
        upstream().serve(FOLDER + "1.0/demo-1.0.pom", "<project/>");
    }

    @Override
    public Piece index() {
        String metadata = """
                <?xml version="1.0" encoding="UTF-8"?>
                <metadata>
                  <groupId>org.example</groupId>
                  <artifactId>demo</artifactId>
                  <versioning>
                    <release>1.0</release>
                    <versions><version>1.0</version></versions>
                    <lastUpdated>2026010100000%d</lastUpdated>
                  </versioning>
                </metadata>
                """.formatted(edition());
        return new Piece(
                FOLDER + "maven-metadata.xml",
                upstream(),
                FOLDER + "maven-metadata.xml",
                "text/xml",
                "org/example/demo/maven-metadata.xml",
                metadata.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        return new Piece(JAR, upstream(), JAR, "application/java-archive", JAR.substring(1), payload());
    }

    @Override
    public Unseen unseen() {
        return Unseen.REFUSED;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        if (answer.statusCode() == 404) {
            assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
            return;
        }
        assertThat(Stage.header(answer, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(JsonMapper.shared().readTree(answer.body()).path("detail").asString())
                .isNotBlank();
    }

    @Test
    void a_checksum_is_asked_for_after_its_file() {
        warm();
        stopUpstream();

        assertThat(Stage.text(gateway().get(mounted(JAR + ".sha1")))).isEqualTo(StoreFiles.hex("SHA-1", payload()));
        assertThat(Stage.text(gateway().get(mounted(JAR + ".md5")))).isEqualTo(StoreFiles.hex("MD5", payload()));
        assertThat(Stage.text(gateway().get(mounted(index().path() + ".sha1"))))
                .isEqualTo(StoreFiles.hex("SHA-1", index().bytes()));
    }

    @Test
    void a_checksum_is_asked_for_before_its_file() {
        var answer = gateway().get(mounted(JAR + ".sha1"));

        assertThat(Stage.text(answer)).startsWith(StoreFiles.hex("SHA-1", payload()));
        assertThat(artifact().asked()).isZero();
    }

    @Test
    void no_checksum_stands_beside_a_file() {
        upstream().status(JAR + ".sha1", 404);

        assertThat(get(artifact()).body()).isEqualTo(payload());
        assertThat(upstream().count(JAR + ".md5")).isEqualTo(1);
        assertThat(holds(artifact())).isTrue();
        assertThat(Stage.text(gateway().get(mounted(JAR + ".sha1")))).isEqualTo(StoreFiles.hex("SHA-1", payload()));
        // Computed once, told to everybody.
        assertThat(Stage.header(get(artifact()), "X-Checksum-Sha1")).isEqualTo(StoreFiles.hex("SHA-1", payload()));
    }
}
