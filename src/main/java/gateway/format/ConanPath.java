package gateway.format;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a path of Conan's API says of one reference.
 *
 * @param reference name, version, user and channel; the last two are {@code _} where there are none
 * @param recipe revision of the recipe; null where the path names none
 * @param id of a binary; null where the path is about the recipe
 * @param binary revision of the binary; null where the path names none
 * @param file below the revision, with its folders; empty unless it is about a file
 */
public record ConanPath(
        List<String> reference,
        @Nullable String recipe,
        @Nullable String id,
        @Nullable String binary,
        What what,
        List<String> file) {

    /** Before every reference. */
    public static final String API = "/v2/conans/";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]{0,100}");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern FILE = Pattern.compile("(?!\\.)[A-Za-z0-9_.+ @()=,~-]{1,200}");

    /** What is asked for. */
    public enum What {
        LATEST,
        REVISIONS,
        SEARCH,
        /** One revision, of the recipe or of the binary, as a whole. */
        REVISION,
        /** All binaries of a revision of the recipe. */
        PACKAGES,
        FILES,
        FILE
    }

    public ConanPath {
        reference = List.copyOf(reference);
        file = List.copyOf(file);
    }

    /** Empty when it is no such path. */
    public static Optional<ConanPath> of(String path) {
        if (!path.startsWith(API)) {
            return Optional.empty();
        }
        List<String> words = List.of(path.substring(API.length()).split("/", -1));
        if (words.size() < 5 || !words.stream().limit(4).allMatch(word -> matches(NAME, word))) {
            return Optional.empty();
        }
        List<String> rest = words.subList(4, words.size());
        String recipe = second(rest, "revisions", 2);
        rest = rest.subList(recipe == null ? 0 : 2, rest.size());
        String id = recipe == null ? null : second(rest, "packages", 3);
        rest = rest.subList(id == null ? 0 : 2, rest.size());
        String binary = id == null ? null : second(rest, "revisions", 2);
        rest = rest.subList(binary == null ? 0 : 2, rest.size());
        What what = sound(recipe) && sound(id) && sound(binary) ? what(recipe, id, binary, rest) : null;
        return what == null
                ? Optional.empty()
                : Optional.of(new ConanPath(
                        words.subList(0, 4),
                        recipe,
                        id,
                        binary,
                        what,
                        what == What.FILE ? rest.subList(1, rest.size()) : List.of()));
    }

    /** The word after the first one, when that is it and there are enough of them. */
    private static @Nullable String second(List<String> words, String first, int least) {
        return words.size() >= least && words.getFirst().equals(first) ? words.get(1) : null;
    }

    private static boolean sound(@Nullable String revision) {
        return revision == null || matches(REVISION, revision);
    }

    private static @Nullable What what(
            @Nullable String recipe, @Nullable String id, @Nullable String binary, List<String> rest) {
        boolean holdsFiles = binary != null || (recipe != null && id == null);
        boolean holdsRevisions = binary == null && (recipe == null || id != null);
        if (rest.isEmpty()) {
            return holdsFiles ? What.REVISION : null;
        }
        if (rest.size() > 1) {
            boolean files = holdsFiles
                    && rest.getFirst().equals("files")
                    && rest.stream().skip(1).allMatch(name -> matches(FILE, name) || name.equals(".conan"));
            return files ? What.FILE : null;
        }
        return switch (rest.getFirst()) {
            case "latest" -> holdsRevisions ? What.LATEST : null;
            case "revisions" -> holdsRevisions ? What.REVISIONS : null;
            case "search" -> id == null ? What.SEARCH : null;
            case "packages" -> recipe != null && id == null ? What.PACKAGES : null;
            case "files" -> holdsFiles ? What.FILES : null;
            default -> null;
        };
    }

    public String name() {
        return reference.get(0);
    }

    public String version() {
        return reference.get(1);
    }

    private static boolean matches(Pattern pattern, String text) {
        return pattern.matcher(text).matches();
    }
}
