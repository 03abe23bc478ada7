package gateway.policy;

import gateway.format.Ask;
import gateway.format.Cacheable;
import gateway.format.Format;
import gateway.format.Resource;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which questions may be put to an upstream, judged by every name of a package that they tell it. In doubt they may not:
 * what is denied here must not even be heard of there.
 */
public final class NameRules {

    /** An upstream might decode once more, or cut off parameters, and so read another name than we do. */
    private static final Pattern HIDING = Pattern.compile("[%;]");

    private static final Pattern STAR = Pattern.compile("\\*+");

    private final Format format;
    private final List<Pattern> allow;
    private final List<Pattern> deny;

    /** By patterns with {@code *} and {@code ?}, in any spelling that the format takes for the same. */
    public NameRules(Format format, List<String> allow, List<String> deny) {
        this.format = format;
        this.allow = allow.stream().map(this::compiled).toList();
        this.deny = deny.stream().map(this::compiled).toList();
    }

    private Pattern compiled(String glob) {
        List<String> between = Stream.of(STAR.split(format.spelling(glob), -1))
                .map(NameRules::literal)
                .toList();
        // Where the first fitting place is as good as any, nothing is tried twice: people may write many stars.
        StringBuilder regex = new StringBuilder(between.getFirst());
        for (int i = 1; i < between.size() - 1; i++) {
            regex.append("(?>.*?").append(between.get(i)).append(')');
        }
        if (between.size() > 1) {
            regex.append(".*").append(between.getLast());
        }
        // Of Go's module paths, npm's scopes and Maven's groups everything below counts.
        return Pattern.compile(regex + "(?:[/:].*)?", Pattern.DOTALL);
    }

    private static String literal(String text) {
        return text.codePoints()
                .mapToObj(c -> c == '?' ? "." : Pattern.quote(Character.toString(c)))
                .collect(Collectors.joining());
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return allow.isEmpty() && deny.isEmpty();
    }

    /** Whether an upstream may be asked this. What names no package may always be asked, unless a client's body might. */
    public boolean permit(Ask ask, Resource resource) {
        if (isEmpty() || isLocal(resource)) {
            return true;
        }
        if (HIDING.matcher(path(ask, resource)).find() || !ask.reads()) {
            return false;
        }
        List<String> names =
                format.names(ask, resource).stream().map(format::spelling).toList();
        return names.isEmpty()
                || (names.stream().noneMatch(name -> name.indexOf('%') >= 0 || matches(deny, name))
                        && (allow.isEmpty() || names.stream().anyMatch(name -> matches(allow, name))));
    }

    /** In the format's own spelling, where it has one. */
    private static String path(Ask ask, Resource resource) {
        String path = resource instanceof Cacheable cacheable ? cacheable.path() : ask.path();
        int question = path.indexOf('?');
        return question < 0 ? path : path.substring(0, question);
    }

    private static boolean isLocal(Resource resource) {
        return switch (resource) {
            case Resource.Literal literal -> true;
            case Resource.Moved moved -> true;
            case Resource.Refused refused -> true;
            case Resource.Upload upload -> true;
            case Cacheable cacheable -> false;
            case Resource.Member member -> false;
            case Resource.Sidecar sidecar -> false;
            case Resource.Passthrough passthrough -> false;
        };
    }

    private static boolean matches(List<Pattern> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }
}
