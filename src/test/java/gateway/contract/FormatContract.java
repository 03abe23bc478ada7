package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Every situation, for one format: a class that extends this says what its registry holds and how its clients ask. */
abstract class FormatContract
        implements ServingSituations,
                RequestSituations,
                FreshnessSituations,
                AbsenceSituations,
                OutageSituations,
                DamageSituations,
                SafetySituations,
                RestartSituations {

    private static final int SMALL = 3000;

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path folder;

    private final FakeUpstream upstream = FakeUpstream.start();
    private final FakeUpstream files = FakeUpstream.at("127.0.0.2");

    @SuppressWarnings("NullAway.Init") // before each test
    private TestGateway gateway;

    private byte[] payload = new byte[0];
    private int edition = 1;

    @BeforeEach
    void open() {
        gateway = new TestGateway(folder);
        stock(SMALL);
        start("");
    }

    @AfterEach
    void close() {
        await().untilAsserted(() -> assertThat(gateway.store().staged()).isEmpty());
        gateway.close();
        upstream.close();
        files.close();
    }

    /** Places what {@link #index} and {@link #artifact} do not say. */
    void stockMore() {}

    /** Second hosts of the registry, by the names that operators use in settings. */
    Map<String, URI> hosts() {
        return Map.of();
    }

    /** Content of artifacts, always the same until {@link #stock} asks for another size. */
    final byte[] payload() {
        return payload.clone();
    }

    /** Of the index, counted from 1. */
    final int edition() {
        return edition;
    }

    @Override
    public final void start(String configuration) {
        String hosts = hosts().entrySet().stream()
                .map(host -> host.getKey() + ": \"" + host.getValue() + "\"")
                .collect(Collectors.joining(", "));
        gateway.start("""
                upstream: { %s: { url: "%s", hosts: { %s } } }
                shutdown: { grace: 1s }
                %s
                """.formatted(format(), upstream.url(), hosts, configuration));
    }

    @Override
    public final void stock(int artifactSize) {
        payload = new byte[artifactSize];
        new Random(1).nextBytes(payload);
        stock();
    }

    @Override
    public final void publishNextEdition() {
        edition++;
        stock();
    }

    private void stock() {
        stockMore();
        Piece index = index();
        index.host().serve(index.at(), index.bytes()).type(index.type()).etag("\"edition-" + edition + "\"");
        Piece artifact = artifact();
        artifact.host().serve(artifact.at(), artifact.bytes()).type(artifact.type());
    }

    @Override
    public final void assertNothingEscaped() {
        assertThat(StoreFiles.below(folder))
                .allMatch(path -> path.matches("gateway\\.yaml|(store|database)/.+"))
                .filteredOn(path -> path.startsWith("store/"))
                .allMatch(path -> path.matches("store/(%s|\\.blobs/sha256|\\.staging)/.+".formatted(format())));
    }

    @Override
    public final TestGateway gateway() {
        return gateway;
    }

    @Override
    public final FakeUpstream upstream() {
        return upstream;
    }

    @Override
    public final FakeUpstream files() {
        return files;
    }
}
