package gateway.format;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The names of packages that a question tells to who answers it. */
final class Names {

    /** What names of no ecosystem hold. */
    private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{N}@/_.:+~*-]+");

    private Names() {}

    /** Of the package that a resource belongs to; empty when it belongs to none, or does not say so. */
    static Optional<String> owner(Resource resource) {
        return switch (resource) {
            case Cacheable cacheable ->
                Optional.ofNullable(cacheable.coordinates()).map(Coordinates::name);
            case Resource.Sidecar sidecar -> owner(sidecar.of());
            case Resource.Member member -> owner(member.otherwise());
            case Resource.Upload upload -> owner(upload.artifact());
            case Resource.Literal literal -> Optional.empty();
            case Resource.Moved moved -> Optional.empty();
            case Resource.Passthrough passthrough -> Optional.empty();
            case Resource.Refused refused -> Optional.empty();
        };
    }

    /** Every word of a query's values: what people search for is often the name itself. */
    static List<String> inQuery(String query) {
        List<String> names = new ArrayList<>();
        for (String pair : query.split("&", -1)) {
            names.addAll(words(decoded(pair.substring(pair.indexOf('=') + 1))));
        }
        return names;
    }

    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /** What stands between characters that names do not have, and the parts of {@code key:value}. */
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (String word : BETWEEN.split(text)) {
            for (int at = 0; at >= 0 && at < word.length(); at = next(word, at)) {
                words.add(word.substring(at));
            }
        }
        return words;
    }

    private static int next(String word, int at) {
        int colon = word.indexOf(':', at);
        return colon < 0 ? -1 : colon + 1;
    }
}
