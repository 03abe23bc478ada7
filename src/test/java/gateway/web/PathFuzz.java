package gateway.web;

import gateway.format.Accept;
import gateway.format.Ask;
import gateway.format.Cacheable;
import gateway.format.Format;
import gateway.format.Formats;
import gateway.format.Origin;
import gateway.format.Resource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A request line and two headers, one a line: what every format makes of them stays inside its own folder. */
public final class PathFuzz {

    private static final URI BASE = URI.create("http://gateway.test/mount");

    private PathFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        List<String> lines = List.of(new String(input, StandardCharsets.ISO_8859_1).split("\n", 4));
        String[] words = lines.getFirst().split(" ", 2);
        if (words.length < 2) {
            return;
        }
        Target target;
        try {
            target = Target.parse(words[1]);
        } catch (Target.Malformed refused) {
            return;
        }
        Accept accept = Accept.parse(lines.size() > 1 ? lines.get(1) : null);
        String agent = lines.size() > 2 ? lines.get(2) : "";
        for (Format format : Formats.all()) {
            if (!target.path().contains("//") || format.allowsEmptySegments()) {
                Ask ask = new Ask(words[0], target.path(), target.query(), accept, agent);
                format.resolve(ask).ifPresent(resource -> check(resource, 0));
                check(format.status(ask, 404) >= 400, "a refusal is none");
                check(!format.refusal(404, "not found").body().isEmpty(), "a refusal says nothing");
            }
        }
    }

    private static void check(Resource resource, int depth) {
        check(depth < 10, "a resource without end");
        switch (resource) {
            case Cacheable cacheable -> {
                check(cacheable.path().startsWith("/"), "a path begins with a slash: " + cacheable.path());
                place(cacheable.place());
                origin(cacheable.origin(), depth);
            }
            case Resource.Member member -> {
                member.roots().forEach(root -> check(root, depth + 1));
                check(member.otherwise(), depth + 1);
            }
            case Resource.Sidecar sidecar -> {
                check(sidecar.of(), depth + 1);
                check(sidecar.otherwise(), depth + 1);
            }
            case Resource.Literal literal -> check(literal.body().apply(BASE).length < 1 << 20, "a huge answer");
            case Resource.Moved moved -> check(moved.path().startsWith("/"), "moved to " + moved.path());
            case Resource.Passthrough passthrough -> origin(passthrough.origin(), depth);
            case Resource.Upload upload -> check(upload.artifact(), depth + 1);
            case Resource.Refused refused -> check(refused.status() >= 400, "refused with " + refused.status());
        }
    }

    /** Stays below its folder in the store. */
    private static void place(String place) {
        List<String> segments = Arrays.asList(place.split("/", -1));
        check(
                !place.isEmpty()
                        && segments.stream().noneMatch(segment -> segment.isEmpty() || segment.matches("\\.\\.?"))
                        && place.chars().noneMatch(c -> c < ' ' || c == 0x7f || c == '\\'),
                "the place " + place);
    }

    private static void origin(Origin origin, int depth) {
        switch (origin) {
            case Origin.At at -> {
                check(at.path().startsWith("/") && at.path().matches("[!-~]*"), "asked for " + at.path());
                check(
                        Arrays.stream(at.path().split("/")).noneMatch(segment -> segment.matches("(\\.|%2[eE]){1,2}"))
                                && at.path().chars().noneMatch(c -> c == '?' || c == '#' || c == '\\'),
                        "asked for " + at.path());
                // The pipeline makes a URL of it.
                URI.create("http://upstream.test" + at.path() + (at.query().isEmpty() ? "" : "?" + at.query()));
            }
            case Origin.Either either -> {
                origin(either.first(), depth);
                origin(either.second(), depth);
            }
            case Origin.Told told -> check(told.index(), depth + 1);
            case Origin.Based based -> {
                check(based.index(), depth + 1);
                origin(based.otherwise(), depth);
            }
            case Origin.Linked linked -> {}
            case Origin.Hosted hosted -> {}
        }
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
