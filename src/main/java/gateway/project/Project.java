package gateway.project;

import gateway.settings.Credentials;
import gateway.settings.Rules;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A project with its settings.
 *
 * @param id positive, never reused
 * @param path such as {@code acme/app}: two segments or more, unique whatever the case
 * @param proxy its dependency proxy
 * @param git where its Go modules are; null when it has none
 */
public record Project(
        long id,
        String path,
        Visibility visibility,
        Switches switches,
        Proxy proxy,
        @Nullable Git git) {

    /**
     * What of the gateway it uses.
     *
     * @param packages its package registry
     * @param goProxy Go modules from its git repository
     * @param entitled whether the operator grants it the dependency proxy
     */
    public record Switches(boolean packages, boolean goProxy, boolean entitled) {

        public static final Switches ALL = new Switches(true, true, true);
    }

    /**
     * Its dependency proxy.
     *
     * @param remotes by format, such as {@code maven}: one or more, in the order in which they are asked
     */
    public record Proxy(boolean enabled, Map<String, List<Remote>> remotes) {

        public static final Proxy OFF = new Proxy(false, Map.of());

        public Proxy {
            remotes = remotes.entrySet().stream()
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, each -> List.copyOf(each.getValue())));
        }

        /** None where there is no such format. */
        public List<Remote> remotes(String format) {
            return remotes.getOrDefault(format, List.of());
        }
    }

    /**
     * A registry elsewhere that the project pulls from.
     *
     * @param url http or https, without credentials, query, fragment or trailing slash
     * @param credentials null for none
     * @param trusted whether the operator named it in the configuration, where private addresses are allowed by that act
     * @param rules which packages it may be asked for
     */
    public record Remote(URI url, @Nullable Credentials credentials, boolean trusted, Rules rules) {}

    /**
     * A git repository.
     *
     * @param url {@code file:}, {@code http:} or {@code https:}, without credentials
     * @param module path of the module at its root
     * @param credentials null for none
     */
    public record Git(String url, String module, @Nullable Credentials credentials) {}
}
