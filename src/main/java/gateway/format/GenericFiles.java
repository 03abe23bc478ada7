package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Files of no format: {@code /name/version/file}, or any other path. */
final class GenericFiles implements Format {

    @Override
    public String name() {
        return "generic";
    }

    @Override
    public Refusal refusal(int status, String message) {
        return ProjectFormats.refusal(status, message);
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "the dependency proxy only reads"));
        }
        String path = ask.path();
        if (path.endsWith("/") || path.indexOf('\\') >= 0) {
            return Optional.empty();
        }
        List<String> segments = List.of(path.substring(1).split("/", -1));
        String version = segments.size() < 3 ? null : segments.get(1);
        return Optional.of(Resource.artifact(path, path.substring(1))
                .of(new Coordinates("generic", segments.getFirst(), version))
                .verifiedBy(new Checksum.Siblings(List.of()))
                .digesting(Algorithm.SHA1, Algorithm.MD5)
                .absentFor(Duration.ZERO));
    }
}
