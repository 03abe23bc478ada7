package gateway.format;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A kind of registry: it says what a path is, and never fetches, stores or answers anything itself. */
public interface Format {

    /** The name used in settings, in the catalog and as the type of a package URL, for example {@code npm}. */
    String name();

    /**
     * Says what was asked for. Pure and quick: it runs on the event loop for every request.
     *
     * @return empty when no such path exists in this format, which clients see as 404
     */
    Optional<Resource> resolve(Ask ask);

    /** Whether an empty segment ({@code a//b}) can be part of a path; leading slashes are always collapsed. */
    default boolean allowsEmptySegments() {
        return false;
    }

    /** The status by which this format's client takes a refusal or a failure best. */
    default int status(Ask ask, int status) {
        return status;
    }

    /** A refusal in the words this format's client prints to its user. */
    default Refusal refusal(int status, String message) {
        return Refusal.text(message);
    }

    /**
     * All names of packages that a question tells to who answers it, also those that it may mean; empty when it tells none.
     *
     * @param resource what this format made of it
     */
    default List<String> names(Ask ask, Resource resource) {
        return Names.owner(resource).map(List::of).orElseGet(() -> Names.inQuery(ask.query()));
    }

    /** The one spelling of all that this ecosystem, or a file system without upper case, takes for the same name. */
    default String spelling(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    /** Body of an error answer. */
    record Refusal(String contentType, String body) {

        static Refusal text(String message) {
            return new Refusal("text/plain; charset=utf-8", message + "\n");
        }
    }
}
