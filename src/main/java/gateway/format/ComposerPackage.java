package gateway.format;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a Composer package.
 *
 * @param name {@code vendor/name} in lower case
 */
record ComposerPackage(String name) {

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,127}/[a-z0-9][a-z0-9_.-]{0,127}");

    /** The package of that name in any case; empty when no package can be called so. */
    static Optional<ComposerPackage> named(String anyCase) {
        String name = anyCase.toLowerCase(Locale.ROOT);
        return NAME.matcher(name).matches() ? Optional.of(new ComposerPackage(name)) : Optional.empty();
    }

    /** Without its vendor. */
    String shortName() {
        return name.substring(name.indexOf('/') + 1);
    }
}
