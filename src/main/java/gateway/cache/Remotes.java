package gateway.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import gateway.format.Format;
import gateway.format.ProjectFormats;
import gateway.policy.NameRules;
import gateway.project.PackageFile;
import gateway.project.Project;
import gateway.settings.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The remotes of projects as sources of the pipeline, made once for what is set. */
final class Remotes {

    /** A build waits for this, and has other repositories to try. */
    private static final Duration RESPONSE = Duration.ofSeconds(10);
    /** Remotes in use; more are made anew. */
    private static final int MOST = 10_000;

    private record Key(long project, Format format, int position, Project.Remote remote) {}

    private final Cache<Key, Source> sources =
            Caffeine.newBuilder().maximumSize(MOST).build();

    /** In the order in which they are asked; none where the project has no remote of that format. */
    List<Source> of(Project project, String name) {
        List<Project.Remote> remotes = project.proxy().remotes(name);
        return ProjectFormats.named(name, remotes.size() > 1).stream()
                .flatMap(format -> IntStream.range(0, remotes.size())
                        .mapToObj(i -> new Key(project.id(), format, i, remotes.get(i))))
                .map(each -> Objects.requireNonNull(sources.get(each, Remotes::source)))
                .toList();
    }

    private static Source source(Key key) {
        Format format = key.format();
        String first = "project-" + key.project() + "-" + format.name();
        Upstream upstream = new Upstream(
                key.position() == 0 ? first : first + "-" + (key.position() + 1),
                key.remote().url(),
                Map.of(),
                key.remote().credentials(),
                null,
                Map.of(),
                null,
                false,
                key.remote().rules(),
                new Upstream.Terms(key.remote().trusted(), RESPONSE),
                null);
        return new Source(
                "/api/v4/projects/" + key.project() + "/dependency_proxy/packages/" + format.name(),
                format,
                upstream,
                upstream.id(),
                "projects/" + key.project() + "/remotes/" + upstream.id(),
                Stream.of(new NameRules(
                                format,
                                key.remote().rules().allow(),
                                key.remote().rules().deny()))
                        .filter(rules -> !rules.isEmpty())
                        .toList());
    }

    /** Whether a file was pulled from there, wherever it stood in the order then, and with whatever credentials. */
    static boolean gave(Source remote, PackageFile file) {
        PackageFile.Pulled pulled = file.pulled();
        return pulled != null && pulled.remote().equals(url(remote));
    }

    static String url(Source remote) {
        return remote.upstream().url().toString();
    }
}
