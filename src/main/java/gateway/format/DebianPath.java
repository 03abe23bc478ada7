package gateway.format;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A path of a Debian archive and the suites that it may belong to.
 *
 * <p>A suite can have several segments ({@code bookworm/updates}, {@code jammy/tool/7.0}), and nothing in a path says
 * where it ends and where the component begins. But what stands inside a component is named alike everywhere
 * ({@code binary-amd64 source i18n ...}): the segments before the first such folder are the suite and a component, which
 * has one segment, or rarely two ({@code updates/main}). Where there is no such folder the file belongs to the
 * component ({@code main/Contents-amd64.gz}) or to the suite itself.
 *
 * @param path as the client sent it, beginning with a slash
 * @param folders segments before the file name
 * @param file last segment
 */
record DebianPath(String path, List<String> folders, String file) {

    /** What a path is, by its name alone. */
    enum Kind {
        ROOT,
        SIGNATURE,
        BY_HASH,
        MEMBER,
        PATCH,
        PACKAGE,
        OTHER
    }

    private static final String DISTS = "dists";
    private static final String POOL = "pool";
    private static final String BY_HASH = "by-hash";

    private static final Pattern IN_COMPONENT = Pattern.compile(
            "binary-.+|source|i18n|dep11|cnf|installer-.+|debian-installer|dist-upgrader-.+|uefi|signed");

    private static final Pattern LIST = Pattern.compile("(Packages|Sources)(\\.(xz|gz|bz2|lzma|zst))?");
    private static final Pattern FLAT_MEMBER = Pattern.compile(LIST + "|(Contents|Components|Translation|Commands)-.+");

    /** {@code T-<time>-F-<time>.gz}, formerly {@code <date>-<time>.gz}: a patch never changes under its name. */
    private static final Pattern PATCH = Pattern.compile("(T-)?\\d{4}-?\\d{2}-?\\d{2}-.+\\.(gz|xz)");

    private static final Pattern BINARY = Pattern.compile(".+\\.(deb|udeb|ddeb)");
    private static final Pattern DESCRIPTION = Pattern.compile(".+\\.(dsc|changes|buildinfo)");

    static DebianPath of(String path) {
        List<String> segments = List.of(path.substring(1).split("/", -1));
        return new DebianPath(path, segments.subList(0, segments.size() - 1), segments.getLast());
    }

    /** Readable location in the store. */
    String place() {
        return path.substring(1);
    }

    /** The folder's path without a trailing slash: empty at the top. */
    String folder() {
        return path.substring(0, path.length() - file.length() - 1);
    }

    Kind kind() {
        boolean inSuite = dists() >= 0;
        if (digest().isPresent()) {
            return Kind.BY_HASH;
        }
        // Each binary-amd64 has a Release too, which is an ordinary member.
        if (!inSuite || inComponent() < 0) {
            switch (file) {
                case "InRelease", "Release" -> {
                    return Kind.ROOT;
                }
                case "Release.gpg" -> {
                    return Kind.SIGNATURE;
                }
                default -> {}
            }
        }
        if (inDiff() && !file.equals("Index")) {
            return PATCH.matcher(file).matches() ? Kind.PATCH : Kind.OTHER;
        }
        if (isPackage()) {
            return Kind.PACKAGE;
        }
        return inSuite || inDiff() || FLAT_MEMBER.matcher(file).matches() ? Kind.MEMBER : Kind.OTHER;
    }

    /**
     * Some archives keep packages below {@code dists}, others beside their lists. Outside a pool a name must say the
     * version: {@code tool_current_amd64.deb} is another file every week.
     */
    private boolean isPackage() {
        int pool = folders.indexOf(POOL);
        if (pool >= 0) {
            return !(dists() < 0 && FLAT_MEMBER.matcher(file).matches());
        }
        boolean named = coordinates().isPresent();
        return named && (dists() < 0 || isBinary() || DESCRIPTION.matcher(file).matches());
    }

    boolean isBinary() {
        return BINARY.matcher(file).matches();
    }

    Optional<Coordinates> coordinates() {
        return DebianFileName.coordinates(file);
    }

    /** Of the binary package and of its source, which is its folder in a pool; lists have none. */
    List<String> names() {
        List<String> names = new ArrayList<>();
        switch (kind()) {
            case PACKAGE, OTHER -> {
                int underscore = file.indexOf('_');
                coordinates().map(Coordinates::name).ifPresent(names::add);
                if (underscore > 0) {
                    names.add(file.substring(0, underscore));
                }
                if (dists() < 0 && folders.contains(POOL)) {
                    names.add(folders.getLast());
                }
            }
            case ROOT, SIGNATURE, BY_HASH, MEMBER, PATCH -> {}
        }
        return names;
    }

    /** The digest that {@code by-hash/SHA256/<hex>} names. */
    Optional<Checksum.Known> digest() {
        int depth = folders.size();
        return depth < 2 || !folders.get(depth - 2).equals(BY_HASH)
                ? Optional.empty()
                : Algorithm.of(folders.get(depth - 1)).flatMap(algorithm -> Checksum.Known.ofHex(algorithm, file));
    }

    /** Folders of the suites that may list this file, the likeliest first, as paths without a trailing slash. */
    List<String> suites() {
        int dists = dists();
        if (dists < 0) {
            return List.of(pathOf(contentDepth()));
        }
        int first = dists + 1;
        int component = inComponent();
        int before = component >= 0 ? component : contentDepth();
        int[] depths = component >= 0 ? new int[] {before - 1, before - 2} : new int[] {before - 1, before};
        Set<String> suites = new LinkedHashSet<>();
        for (int depth : depths) {
            int atLeast = Math.max(depth, first + 1);
            if (atLeast <= before) {
                suites.add(pathOf(atLeast));
            }
        }
        return List.copyOf(suites);
    }

    /** Where {@code Filename} and {@code Directory} of a list begin. */
    Base base() {
        int dists = dists();
        return dists >= 0 ? new Base(pathOf(dists), false) : new Base(pathOf(contentDepth()), true);
    }

    /** Prefix of the lists that may name this package. Short prefixes cost: everything held below is looked at. */
    String listsBelow() {
        int archive = dists() >= 0 ? dists() : folders.indexOf(POOL);
        return archive >= 0 ? pathOf(archive) + "/" + DISTS + "/" : "/";
    }

    /**
     * A folder, and what the names in a list below it are relative to.
     *
     * @param path folder without a trailing slash, empty at the top
     * @param flat whether it is the list's own folder, and the archive may begin above it
     */
    record Base(String path, boolean flat) {}

    /** Whether this may be a list of packages; under a digest only a look inside tells. */
    boolean listsPackages() {
        if (digest().isEmpty()) {
            return LIST.matcher(file).matches();
        }
        int depth = contentDepth();
        if (dists() < 0 || depth == 0) {
            return true;
        }
        String last = folders.get(depth - 1);
        return last.startsWith("binary-") || last.equals("source");
    }

    /** Number of folders without those that only sort files: {@code by-hash/SHA256}, {@code Packages.diff}. */
    private int contentDepth() {
        int depth = folders.size() - (digest().isPresent() ? 2 : 0);
        return depth > 0 && folders.get(depth - 1).endsWith(".diff") ? depth - 1 : depth;
    }

    private boolean inDiff() {
        return !folders.isEmpty() && folders.getLast().endsWith(".diff");
    }

    /** Position of {@code dists}, or -1; in a pool it would be a package of that name. */
    private int dists() {
        int dists = folders.indexOf(DISTS);
        int pool = folders.indexOf(POOL);
        return dists < 0 || dists + 1 >= folders.size() || (pool >= 0 && pool < dists) ? -1 : dists;
    }

    /** Position of the first folder that only a component has, or -1. */
    private int inComponent() {
        for (int i = dists() + 2; i < folders.size(); i++) {
            if (IN_COMPONENT.matcher(folders.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }

    private String pathOf(int depth) {
        return depth == 0 ? "" : "/" + String.join("/", folders.subList(0, depth));
    }
}
