package gateway.cache;

import gateway.format.Ask;
import gateway.format.Format;
import gateway.format.Formats;
import gateway.format.Resource;
import gateway.policy.NameRules;
import gateway.settings.Repository;
import gateway.settings.Uploads;
import gateway.settings.Upstream;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A repository as the pipeline serves it.
 *
 * @param path begins with a slash and does not end with one
 * @param base public URL of the mount, without a trailing slash: rewritten links begin with it
 * @param sources the upstreams, asked in this order; the place of what clients store where there is no upstream
 * @param uploads what clients may store
 */
public record Mount(String path, Format format, URI base, List<Source> sources, Uploads uploads) {

    /** @throws IllegalArgumentException when no such format is built in */
    public static Mount of(Repository repository, URI baseUrl) {
        Format format = Formats.named(repository.format())
                .orElseThrow(() -> new IllegalArgumentException("unknown format " + repository.format()));
        List<Source> sources = new ArrayList<>();
        for (Upstream upstream : repository.upstreams()) {
            // What a second upstream holds may have the same names as what the first holds.
            String folder = repository.name() + (sources.isEmpty() ? "" : "@" + upstream.name());
            sources.add(new Source(
                    repository.path(), format, upstream, upstream.id(), folder, rules(format, repository, upstream)));
        }
        if (sources.isEmpty()) {
            sources.add(Source.hosted(repository, format));
        }
        return new Mount(
                repository.path(),
                format,
                URI.create(baseUrl + repository.path()),
                List.copyOf(sources),
                repository.uploads());
    }

    private static List<NameRules> rules(Format format, Repository repository, Upstream upstream) {
        return Stream.of(repository.rules(), upstream.rules())
                .map(rules -> new NameRules(format, rules.allow(), rules.deny()))
                .filter(rules -> !rules.isEmpty())
                .toList();
    }

    /** The same repository with those of its upstreams that rules let be asked this; null when there is none. */
    @Nullable
    Mount permitting(Ask ask, Resource resource) {
        int count = 0;
        for (Source source : sources) {
            count += source.permits(ask, resource) ? 1 : 0;
        }
        if (count == sources.size()) {
            return this;
        }
        List<Source> permitted =
                sources.stream().filter(source -> source.permits(ask, resource)).toList();
        return permitted.isEmpty() ? null : new Mount(path, format, base, permitted, uploads);
    }

    /** The same repository under another public URL of the gateway. */
    public Mount at(URI baseUrl) {
        return new Mount(path, format, URI.create(baseUrl + path), sources, uploads);
    }
}
