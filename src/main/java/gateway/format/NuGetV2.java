package gateway.format;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The older feed, which is OData in Atom: every question is an index, and the entry of a package has its digest. */
final class NuGetV2 {

    static final String PATH = "/v2";

    /** The second host; an upstream that has none by this name is taken for such a feed itself. */
    private static final String HOST = "v2";

    private static final String FEED = "application/atom+xml;type=feed;charset=utf-8";
    private static final String ENTRY = "application/atom+xml;type=entry;charset=utf-8";
    private static final String XML = "application/xml;charset=utf-8";
    private static final String ACCEPTED = "application/atom+xml, application/xml;q=0.9, */*;q=0.1";
    private static final Duration FRESH = Duration.ofMinutes(1);

    private static final Pattern MOUNTED = Pattern.compile("(?:/api)?/v2(?<rest>(?:/.*)?)");
    private static final Pattern PACKAGE = Pattern.compile("/package/(?<id>[^/]+)/(?<version>[^/]+)");
    private static final Pattern ONE =
            Pattern.compile("/Packages\\(Id='(?<id>[^'/]+)',\\s*Version='(?<version>[^'/]+)'\\)");
    private static final Pattern QUESTION = Pattern.compile(
            "/(?:FindPackagesById|Packages|Search|GetUpdates)(?:\\([^/]{0,2000}\\))?(?<count>/\\$count)?");

    private NuGetV2() {}

    static Optional<Resource> resolve(Ask ask) {
        Matcher mounted = MOUNTED.matcher(ask.path());
        if (!mounted.matches()) {
            return Optional.empty();
        }
        String rest = mounted.group("rest");
        NuGetQuery query = NuGetQuery.of(ask.query());
        Matcher one = ONE.matcher(rest);
        Matcher file = PACKAGE.matcher(rest);
        Matcher question = QUESTION.matcher(rest);
        if (rest.isEmpty() || rest.equals("/")) {
            return Optional.of(answer("/", query).rendered(rendering(XML)));
        }
        if (rest.equals("/$metadata")) {
            return Optional.of(answer(rest, query).as(XML));
        }
        if (one.matches()) {
            return version(one)
                    .map(of -> entry(one.group("id"), one.group("version"), of, query)
                            .rendered(rendering(ENTRY)));
        }
        if (file.matches()) {
            return version(file).map(of -> file(file.group("id"), file.group("version"), of));
        }
        if (!question.matches()) {
            return Optional.empty();
        }
        Index answer = answer(rest, query);
        return Optional.of(
                question.group("count") == null ? answer.rendered(rendering(FEED)) : answer.as("text/plain"));
    }

    /** Where a package is served, below the mount. */
    static String path(NuGetId.Version of) {
        return PATH + "/package/" + of.id().id() + "/" + of.number();
    }

    private static Optional<NuGetId.Version> version(Matcher matcher) {
        return NuGetId.of(matcher.group("id")).flatMap(id -> id.at(matcher.group("version")));
    }

    private static Artifact file(String id, String version, NuGetId.Version of) {
        return Resource.artifact(path(of), of.place() + "v2/" + of.file())
                .from(new Origin.Linked())
                .verifiedBy(new Checksum.Listed(entry(id, version, of, NuGetQuery.of(""))))
                .of(of.coordinates())
                .sound(WholeZip.ANY)
                .as("application/octet-stream");
    }

    private static Index entry(String id, String version, NuGetId.Version of, NuGetQuery query) {
        return answer("/Packages(Id='" + id + "',Version='" + version + "')", query)
                .of(of.coordinates())
                .listing(new NuGetV2Entry(of));
    }

    private static Index answer(String rest, NuGetQuery query) {
        String path = PATH + rest + (query.key().isEmpty() ? "" : "?" + query.key());
        String place = "-/v2/" + NuGetQuery.of(path.toLowerCase(Locale.ROOT)).digest() + ".xml";
        return Resource.index(path, place)
                .from(Origin.At.path(rest).from(HOST).asking(query.raw()))
                .accepting(ACCEPTED)
                .freshFor(FRESH);
    }

    private static Rendering rendering(String contentType) {
        return new Rendering("links", contentType, NuGetV2Document::render);
    }
}
