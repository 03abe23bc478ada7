package gateway.format;

import java.util.List;
import java.util.Optional;

/** The formats this gateway speaks: a new one is added to this list and nowhere else. */
public final class Formats {

    private static final List<Format> ALL = List.of(
            new Npm(),
            new Maven(),
            new PyPi(),
            new Cargo(false),
            new Go(),
            new Debian(),
            new Composer(),
            new Conda(),
            new Gem(),
            new Hex(),
            new Pub(),
            new NuGet(),
            new Cran(),
            new Gradle(),
            new Conan());

    private Formats() {}

    /** All of them, in the order in which people are shown them. */
    public static List<Format> all() {
        return ALL;
    }

    /** The format of that name. */
    public static Optional<Format> named(String name) {
        return ALL.stream().filter(format -> format.name().equals(name)).findFirst();
    }
}
