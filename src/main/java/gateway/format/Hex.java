package gateway.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Hex: signed registry files are indexes and pass byte for byte, package tarballs are artifacts. */
final class Hex implements Format {

    private static final Duration DOCS = Duration.ofDays(1);
    private static final String BINARY = "application/octet-stream";
    private static final String TARBALL = "/tarballs/";
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,127}");
    private static final Pattern ORGANISATION = Pattern.compile("/repos/(?<name>[a-z][a-z0-9_-]{0,127})(?<rest>/.+)");
    private static final Pattern ROOT_FILE = Pattern.compile("/(names|versions|public_key)");
    private static final Pattern POLICY = Pattern.compile("/policies/[A-Za-z0-9][A-Za-z0-9_-]{0,127}");
    // Of the host that has the clients themselves; mix asks it for updates of Hex with every run.
    private static final Pattern INSTALL = Pattern.compile("/installs(/[A-Za-z0-9][A-Za-z0-9._+-]{0,127}){1,3}");

    @Override
    public String name() {
        return "hex";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "a cache only reads: publish to the registry itself"));
        }
        Matcher organisation = ORGANISATION.matcher(ask.path());
        return organisation.matches()
                ? repository(
                        "/repos/" + organisation.group("name"),
                        "@" + organisation.group("name") + "/",
                        organisation.group("rest"))
                : repository("", "", ask.path()).or(() -> installs(ask.path()));
    }

    /** A package of an organisation belongs to that as well. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        List<String> names = new ArrayList<>(Format.super.names(ask, resource));
        Matcher organisation = ORGANISATION.matcher(ask.path());
        if (organisation.matches()) {
            names.add(organisation.group("name") + "/" + String.join("", names));
        }
        return names;
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * @param prefix of paths in this repository: empty for the public one
     * @param folder of it in the store
     */
    private static Optional<Resource> repository(String prefix, String folder, String path) {
        if (path.startsWith("/packages/")) {
            String name = path.substring("/packages/".length());
            return isName(name) ? Optional.of(packageOf(prefix, folder, name)) : Optional.empty();
        }
        if (path.startsWith(TARBALL)) {
            return HexRelease.named(path.substring(TARBALL.length()), ".tar")
                    .map(release -> Resource.artifact(prefix + path, folder + release.place())
                            .verifiedBy(new Checksum.Listed(packageOf(prefix, folder, release.name())))
                            .sound(new HexTarball())
                            // rebar3 takes no tarball without an ETag, which is known when all of it has come.
                            .onlyWhole()
                            .of(release.coordinates())
                            .as(BINARY));
        }
        if (path.startsWith("/docs/")) {
            // They may be published anew for the same version.
            return HexRelease.named(path.substring("/docs/".length()), ".tar.gz")
                    .map(release -> file(prefix + path, folder + release.name() + "/docs" + path.substring(5))
                            .freshFor(DOCS)
                            .of(release.coordinates()));
        }
        return ROOT_FILE.matcher(path).matches() || POLICY.matcher(path).matches()
                ? Optional.of(file(prefix + path, folder + "-" + path))
                : Optional.empty();
    }

    private static Index packageOf(String prefix, String folder, String name) {
        return file(prefix + "/packages/" + name, folder + name + "/package.gz")
                .of(new Coordinates("hex", name, null))
                .listing(new HexPackage(prefix + TARBALL, name));
    }

    private static Optional<Resource> installs(String path) {
        return INSTALL.matcher(path).matches()
                ? Optional.of(file(path, "-" + path).from(Origin.At.path(path).from("builds")))
                : Optional.empty();
    }

    /** Its bytes are signed, or packed once and for all. */
    private static Index file(String path, String place) {
        return Resource.index(path, place).untouched().as(BINARY);
    }
}
