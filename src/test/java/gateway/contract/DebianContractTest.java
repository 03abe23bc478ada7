package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.StoreFiles;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Debian: a signed root, a list that it promises a digest of, and a package that the list promises a digest of. */
class DebianContractTest extends FormatContract {

    private static final String SUITE = "/dists/stable/";
    private static final String LISTS = "main/binary-amd64/";
    private static final String DEB = "/pool/main/d/demo/demo_1.0_amd64.deb";

    @Override
    public String format() {
        return "debian";
    }

    @Override
    void stockMore() {
        upstream().serve(SUITE + byHash(), packages());
        upstream().serve(SUITE + LISTS + "Packages", packages());
    }

    @Override
    public Piece index() {
        String root = """
                -----BEGIN PGP SIGNED MESSAGE-----
                Hash: SHA512

                Origin: Demo
                Suite: stable
                Date: Sun, 01 Mar 2026 10:00:0%d UTC
                Acquire-By-Hash: yes
                SHA256:
                 %s %d %sPackages
                -----BEGIN PGP SIGNATURE-----

                bm8gc2lnbmF0dXJl
                -----END PGP SIGNATURE-----
                """.formatted(edition(), StoreFiles.hex("SHA-256", packages()), packages().length, LISTS);
        return new Piece(
                SUITE + "InRelease",
                upstream(),
                SUITE + "InRelease",
                "application/octet-stream",
                "dists/stable/InRelease",
                root.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Piece artifact() {
        return new Piece(DEB, upstream(), DEB, "application/vnd.debian.binary-package", DEB.substring(1), payload());
    }

    @Override
    public List<String> walk() {
        return List.of(SUITE + "InRelease", SUITE + byHash());
    }

    @Override
    public Duration artifactAbsence() {
        return Duration.ZERO;
    }

    @Override
    public boolean refreshesBehind() {
        return false;
    }

    @Override
    public Unseen unseen() {
        return Unseen.UNKNOWN;
    }

    @Override
    public void assertError(HttpResponse<byte[]> answer) {
        assertThat(Stage.header(answer, "Content-Type")).startsWith("text/plain");
        assertThat(Stage.text(answer)).isNotBlank();
    }

    @Test
    void a_list_is_damaged() {
        get(index());
        upstream().serve(SUITE + byHash(), new String(packages(), StandardCharsets.UTF_8).replace("demo", "evil"));

        for (String path : List.of(SUITE + byHash(), SUITE + LISTS + "Packages")) {
            assertThat(gateway().get(mounted(path)).statusCode()).as(path).isEqualTo(502);
        }

        stock(3000);
        assertThat(gateway().get(mounted(SUITE + byHash())).body()).isEqualTo(packages());
    }

    @Test
    void the_registry_shows_a_new_root_before_its_lists() {
        byte[] root = get(index()).body();
        String oldList = SUITE + byHash();
        byte[] oldPackages = packages();
        warm();
        letTheIndexGrowStale();
        publishNextEdition();
        upstream().status(SUITE + byHash(), 404);
        upstream().serve(SUITE + LISTS + "Packages", oldPackages);

        assertThat(get(index()).body()).as("the old set is served whole").isEqualTo(root);
        assertThat(gateway().get(mounted(SUITE + LISTS + "Packages")).body()).isEqualTo(oldPackages);

        upstream().serve(SUITE + byHash(), packages());
        assertIndex(Stage.text(get(index())));
        assertThat(gateway().get(mounted(SUITE + LISTS + "Packages")).body()).isEqualTo(packages());
        assertThat(gateway().get(mounted(oldList)).body())
                .as("for who began before")
                .isEqualTo(oldPackages);
    }

    @Test
    void the_registry_steps_back_in_time() {
        publishNextEdition();
        byte[] root = get(index()).body();
        letTheIndexGrowStale();
        String older = new String(root, StandardCharsets.UTF_8).replace("10:00:02", "09:00:00");
        upstream().serve(index().at(), older).etag("\"older\"");

        assertThat(get(index()).body()).isEqualTo(root);
    }

    private byte[] packages() {
        String stanza =
                """
                Package: demo
                Version: 1.0
                Architecture: amd64
                Description: edition %d
                Filename: %s
                Size: %d
                SHA256: %s

                """.formatted(edition(), DEB.substring(1), payload().length, StoreFiles.hex("SHA-256", payload()));
        return stanza.getBytes(StandardCharsets.UTF_8);
    }

    private String byHash() {
        return LISTS + "by-hash/SHA256/" + StoreFiles.hex("SHA-256", packages());
    }
}
