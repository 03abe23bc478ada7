package gateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import gateway.support.FakeUpstream;
import gateway.support.StoreFiles;
import gateway.support.TestGateway;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What a situation plays on: a gateway, a registry behind it, and what one format says about both. */
interface Stage {

    TestGateway gateway();

    /** The registry. */
    FakeUpstream upstream();

    /** Another host of the registry, which some formats have for their files. */
    FakeUpstream files();

    /** Starts the gateway, or starts it again, with more lines of configuration. */
    void start(String configuration);

    /** Puts the registry's content in place anew, with artifacts of about this size. */
    void stock(int artifactSize);

    /** As {@link #stock}, with an index of a later edition. */
    void publishNextEdition();

    String format();

    Piece index();

    /** Listed in the index where the format has a list. */
    Piece artifact();

    /** What clients ask before they ask for the artifact, in this order. */
    default List<String> walk() {
        return List.of(index().path());
    }

    /** The document that leads clients to files, where it is not the index itself. */
    default String linking() {
        return index().path();
    }

    /** Absolute URLs in the linking document, as clients read them; empty when clients make their own. */
    default List<String> links(String document) {
        return List.of();
    }

    /** What the index must say after the links were rewritten; the upstream's own bytes where nothing is. */
    default void assertIndex(String served) {
        assertThat(served).isEqualTo(new String(index().bytes(), StandardCharsets.UTF_8));
    }

    /** The {@code ETag} of an index as it is served. */
    default String indexTag(byte[] served) {
        return etag(served);
    }

    /** How long it is remembered that an index does not exist. */
    default Duration indexAbsence() {
        return Duration.ofMinutes(1);
    }

    /** How long it is remembered that an artifact does not exist; zero for not at all. */
    default Duration artifactAbsence() {
        return Duration.ofMinutes(1);
    }

    /** Whether a stale index is shown while it is refreshed; not where clients verify other files against it. */
    default boolean refreshesBehind() {
        return true;
    }

    /** What happens to damaged bytes that are asked for before anything that could tell. */
    enum Unseen {
        REFUSED,
        PURGED,
        UNKNOWN
    }

    Unseen unseen();

    /** Status of a refused write. */
    default int writeStatus() {
        return 405;
    }

    /** The shape of an error that this format's client can show. */
    void assertError(HttpResponse<byte[]> answer);

    /** Path of a client's request, with the mount. */
    default String mounted(String path) {
        return "/" + format() + path;
    }

    default String[] accept(Piece piece, String... more) {
        if (piece.accept().isEmpty()) {
            return more;
        }
        String[] all = new String[more.length + 2];
        all[0] = "Accept";
        all[1] = piece.accept();
        System.arraycopy(more, 0, all, 2, more.length);
        return all;
    }

    default HttpResponse<byte[]> get(Piece piece, String... headers) {
        return gateway().get(mounted(piece.path()), accept(piece, headers));
    }

    default HttpResponse<byte[]> head(Piece piece) {
        return gateway().send("HEAD", mounted(piece.path()), accept(piece));
    }

    /** Asks all that clients ask before the artifact. */
    default void walkThere() {
        for (String path : walk()) {
            assertThat(gateway().get(mounted(path), accept(index())).statusCode())
                    .as(path)
                    .isEqualTo(200);
        }
    }

    /** Asks for everything once, so that it is held. */
    default void warm() {
        walkThere();
        assertThat(get(artifact()).statusCode()).isEqualTo(200);
    }

    default void stopUpstream() {
        upstream().stop();
        files().stop();
    }

    default boolean holds(Piece piece) {
        return gateway().store().holds(format() + "/" + piece.place(), piece.bytes());
    }

    /** Neither the bytes nor a trace of them. */
    default void assertNothingKeptOf(Piece piece, byte[] bytes) {
        assertThat(gateway().store().holds(bytes)).isFalse();
        assertThat(gateway().store().all()).noneMatch(path -> path.startsWith(format() + "/" + piece.place()));
        assertThat(gateway().store().staged()).isEmpty();
    }

    default long artifactsInCatalog() {
        return gateway().statistics().path("cached_artifacts").asLong();
    }

    /** How long the served index says that it is fresh. */
    default Duration freshness() {
        String control = header(get(index()), "Cache-Control");
        return Duration.ofSeconds(Long.parseLong(control.replaceAll(".*max-age=(\\d+).*", "$1")));
    }

    /** Lets so much time pass that a held index must be confirmed before it is shown. */
    default void letTheIndexGrowStale() {
        gateway().clock().advance(freshness().multipliedBy(2).plusSeconds(1));
    }

    static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    static String text(HttpResponse<byte[]> answer) {
        return utf8(answer.body());
    }

    static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    static String cacheStatus(HttpResponse<?> answer) {
        return header(answer, "Cache-Status");
    }

    static String etag(byte[] bytes) {
        return "\"" + StoreFiles.hex("SHA-256", bytes) + "\"";
    }

    static Optional<String> retryAfter(HttpResponse<?> answer) {
        return answer.headers().firstValue("Retry-After");
    }
}
