package gateway.cache;

import gateway.catalog.Entry;
import gateway.format.Algorithm;
import gateway.format.Cacheable;
import gateway.format.Coordinates;
import gateway.format.Index;
import gateway.format.Link;
import gateway.upstream.UpstreamResponse;
import java.net.URI;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the catalog is told of a body that was fetched. */
final class Entries {

    private Entries() {}

    static Entry of(
            Fetch.Job job,
            Planner.Plan plan,
            UpstreamResponse response,
            long size,
            Map<Algorithm, String> all,
            boolean verified,
            Instant now) {
        Map<String, String> further = new TreeMap<>();
        all.forEach((algorithm, hex) -> further.put(algorithm.label(), hex));
        String sha256 =
                Optional.ofNullable(further.remove(Algorithm.SHA256.label())).orElseThrow();
        Link link = plan.link();
        Coordinates coordinates = link != null && link.coordinates() != null
                ? link.coordinates()
                : job.resource().coordinates();
        URI uri = response.uri();
        return new Entry(
                job.key(),
                job.source().format().name(),
                job.resource() instanceof Index ? Entry.Kind.INDEX : Entry.Kind.ARTIFACT,
                job.source().folder() + "/" + job.resource().place(),
                sha256,
                size,
                contentType(job.resource(), response),
                response.header("ETag"),
                response.header("Last-Modified"),
                uri.getRawQuery() == null ? uri.toString() : uri.toString().split("\\?")[0],
                further,
                verified,
                coordinates == null ? null : coordinates.name(),
                coordinates == null ? null : coordinates.version(),
                now,
                now);
    }

    static String contentType(Cacheable resource, UpstreamResponse response) {
        String fixed = resource.contentType();
        String sent = response.header("Content-Type");
        return fixed != null ? fixed : sent != null ? sent.toLowerCase(Locale.ROOT) : "application/octet-stream";
    }
}
