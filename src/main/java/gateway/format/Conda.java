package gateway.format;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conda channels: repodata in all its forms is an index, packages and shards are artifacts. */
final class Conda implements Format {

    static final String SHARDS = "shards/";

    /** Channels change every few minutes, and builds wait for that. */
    private static final Duration FRESH = Duration.ofMinutes(1);

    /** Most channels lack some forms of their index, and every client asks for them every time. */
    private static final Duration OPTIONAL = Duration.ofMinutes(10);

    private static final String SHARD_INDEX = "repodata_shards.msgpack.zst";
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_.+~=@!,-]{1,250}");
    private static final Pattern REPODATA =
            Pattern.compile("(?:current_)?repodata(?:_from_packages)?\\.json(?<packing>\\.zst|\\.bz2)?");
    private static final Pattern OTHER = Pattern.compile(".+\\.(?:json|jlap|sigs|html|xml|msgpack)(?:\\.zst|\\.bz2)?");
    private static final Pattern SHARD = Pattern.compile("(?<digest>[0-9a-f]{64})\\.msgpack\\.zst");
    private static final Pattern PACKAGE =
            Pattern.compile("(?<name>.+)-(?<version>[^-]+)-(?<build>[^-]+)\\.(?:conda|tar\\.bz2)");

    private static final Pattern BESIDE = Pattern.compile("(?<name>.+?)-\\d.*");

    @Override
    public String name() {
        return "conda";
    }

    @Override
    public Optional<Resource> resolve(Ask ask) {
        if (!ask.reads()) {
            return Optional.of(new Resource.Refused(405, "this channel is a cache and takes no uploads"));
        }
        List<String> segments = withoutToken(List.of(ask.path().substring(1).split("/", -1)));
        if (segments.size() < 2
                || !segments.stream().allMatch(it -> SEGMENT.matcher(it).matches())) {
            return Optional.empty();
        }
        String folder = "/" + String.join("/", segments.subList(0, segments.size() - 1)) + "/";
        return resource(folder, segments.getLast());
    }

    /** Signatures and the like have their package's file name before their own ending. */
    @Override
    public List<String> names(Ask ask, Resource resource) {
        String file = ask.path().substring(ask.path().lastIndexOf('/') + 1);
        Matcher beside = BESIDE.matcher(file);
        return Names.owner(resource)
                .or(() -> beside.matches() ? Optional.of(beside.group("name")) : Optional.empty())
                .map(List::of)
                .orElseGet(() -> Names.inQuery(ask.query()));
    }

    /** Clients may carry a token of the registry in the path; the gateway has its own, and keeps none in its catalog. */
    private static List<String> withoutToken(List<String> segments) {
        return segments.size() >= 4 && segments.getFirst().equals("t")
                ? segments.subList(2, segments.size())
                : segments;
    }

    private static Optional<Resource> resource(String folder, String file) {
        Matcher shard = SHARD.matcher(file);
        if (shard.matches() && folder.endsWith("/" + SHARDS)) {
            return Optional.of(shard(folder.substring(0, folder.length() - SHARDS.length()), shard.group("digest")));
        }
        if (file.equals(SHARD_INDEX)) {
            return Optional.of(shards(folder));
        }
        Matcher repodata = REPODATA.matcher(file);
        if (repodata.matches()) {
            return Optional.of(repodata(folder, file));
        }
        if (OTHER.matcher(file).matches() || file.equals("patch_instructions.tar.bz2")) {
            return Optional.of(
                    at(folder + file).freshFor(Resource.FRESH).untouched().absentFor(OPTIONAL));
        }
        Matcher packaged = PACKAGE.matcher(file);
        return packaged.matches()
                ? Optional.of(packaged(folder, file, packaged.group("name"), packaged.group("version")))
                : Optional.empty();
    }

    private static Index repodata(String folder, String file) {
        CondaPacking packing = CondaPacking.of(file);
        CondaRepodata document = new CondaRepodata(folder, packing);
        Index index = at(folder + file).listing(document).rendered(document.rendering());
        return packing == CondaPacking.PLAIN && !file.startsWith("current_")
                ? index.absentFor(Resource.ABSENT)
                : packing == CondaPacking.PLAIN ? index : index.untouched();
    }

    private static Index shards(String folder) {
        CondaShards document = new CondaShards(folder);
        return at(folder + SHARD_INDEX)
                .listing(document)
                .rendered(document.rendering())
                .untouched();
    }

    /** Named by its digest, wherever the upstream keeps it. */
    static Artifact shard(String folder, String digest) {
        String path = folder + SHARDS + digest + ".msgpack.zst";
        return Resource.artifact(path, path.substring(1))
                .from(new Origin.Based(shards(folder), origin(path)))
                .verifiedBy(new Checksum.Known(Algorithm.SHA256, digest))
                .as("application/zstd");
    }

    private static Artifact packaged(String folder, String file, String name, String version) {
        String path = folder + file;
        return Resource.artifact(path, path.substring(1))
                .from(origin(path))
                .verifiedBy(new Checksum.ListedInOne(List.of(
                        CondaShards.listing(shards(folder), folder, name),
                        new Checksum.Named(repodata(folder, "repodata.json.zst")),
                        new Checksum.Named(repodata(folder, "repodata.json")),
                        new Checksum.Named(repodata(folder, "repodata.json.bz2")),
                        new Checksum.Named(repodata(folder, "current_repodata.json")))))
                .of(new Coordinates("conda", name, version))
                .as(file.endsWith(".conda") ? "application/vnd.conda.package-v2" : "application/x-bzip2");
    }

    private static Index at(String path) {
        return Resource.index(path, path.substring(1))
                .from(origin(path))
                .freshFor(FRESH)
                .absentFor(OPTIONAL);
    }

    /** The channels of the distribution's makers have a host of their own. */
    private static Origin.At origin(String path) {
        Origin.At at = Origin.At.path(path);
        return path.startsWith("/pkgs/") ? at.from("pkgs") : at;
    }
}
