package gateway.registry;

import gateway.cache.Failure;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A search for references by a pattern, in which {@code *} stands for any characters and {@code ?} for one. As Conan's own
 * server has it, a reference is found also by its beginning: by its name, or by its name and version.
 */
record ConanSearch(String pattern, boolean anyCase) {

    private static final int LONGEST = 500;
    private static final List<String> BETWEEN = List.of("", "/", "@", "/");

    /** Fails with status 400 when the pattern is longer than any reference. */
    static ConanSearch of(String pattern, boolean anyCase) {
        if (pattern.length() > LONGEST) {
            throw new Failure(400, "such a search is too long", null, null);
        }
        return new ConanSearch(anyCase ? pattern.toLowerCase(Locale.ROOT) : pattern, anyCase);
    }

    boolean finds(List<String> reference) {
        return IntStream.rangeClosed(1, named(reference))
                .mapToObj(words -> text(reference, words))
                .anyMatch(text -> matches(anyCase ? text.toLowerCase(Locale.ROOT) : text));
    }

    /** As people write it: {@code name/version}, and {@code @user/channel} where there are such. */
    static String text(List<String> reference) {
        return text(reference, named(reference));
    }

    private static int named(List<String> reference) {
        return reference.get(2).equals("_") ? 2 : 4;
    }

    private static String text(List<String> reference, int words) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < words; i++) {
            text.append(BETWEEN.get(i)).append(reference.get(i));
        }
        return text.toString();
    }

    /** Whatever the pattern, no longer than the one length times the other. */
    private boolean matches(String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int from = 0;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                from = in;
            } else if (at < pattern.length() && (pattern.charAt(at) == '?' || pattern.charAt(at) == text.charAt(in))) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++from;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
