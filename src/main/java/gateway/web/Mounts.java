package gateway.web;

import gateway.cache.Mount;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All mounts, and which of them a path belongs to. */
final class Mounts {

    private final List<Mount> longestFirst;

    Mounts(List<Mount> mounts) {
        this.longestFirst = mounts.stream()
                .sorted(Comparator.comparingInt((Mount mount) -> mount.path().length())
                        .reversed())
                .toList();
    }

    /** Whether a raw request target may belong to a mount; cheap, for the router. */
    boolean mayMatch(String rawTarget) {
        return !rawTarget.startsWith("/") || find(rawTarget).isPresent();
    }

    /** The mount of a path; the longest one when several match. */
    Optional<Mount> find(String path) {
        for (Mount mount : longestFirst) {
            if (path.startsWith(mount.path()) && endsAt(path, mount.path().length())) {
                return Optional.of(mount);
            }
        }
        return Optional.empty();
    }

    private static boolean endsAt(String path, int length) {
        return path.length() == length || path.charAt(length) == '/' || path.charAt(length) == '?';
    }

    /** The path below a mount, beginning with exactly one slash. */
    static String below(Mount mount, String path) {
        int start = mount.path().length();
        while (start < path.length() && path.charAt(start) == '/') {
            start++;
        }
        return "/" + path.substring(start);
    }
}
