package gateway.format;

import java.util.Arrays;
import java.util.List;

/** A kind of resource that service indexes name: by which types an upstream may offer it, and how it is offered here. */
@SuppressWarnings("ImmutableEnumChecker") // The lists are immutable.
enum NuGetResource {
    FLAT("flat", "/", List.of("PackageBaseAddress/3.0.0"), List.of()),
    PLAIN(
            "registration",
            "/",
            List.of("RegistrationsBaseUrl", "RegistrationsBaseUrl/3.0.0-rc", "RegistrationsBaseUrl/3.0.0-beta"),
            List.of("RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned")),
    /** Without versions that only newer clients understand. */
    GZIPPED(
            "registration-gz",
            "/",
            List.of("RegistrationsBaseUrl/3.4.0"),
            List.of(
                    "RegistrationsBaseUrl/3.0.0-rc",
                    "RegistrationsBaseUrl/3.0.0-beta",
                    "RegistrationsBaseUrl",
                    "RegistrationsBaseUrl/3.6.0",
                    "RegistrationsBaseUrl/Versioned")),
    SEMVER2(
            "registration-semver2",
            "/",
            List.of("RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned"),
            List.of(
                    "RegistrationsBaseUrl/3.4.0",
                    "RegistrationsBaseUrl/3.0.0-rc",
                    "RegistrationsBaseUrl/3.0.0-beta",
                    "RegistrationsBaseUrl")),
    QUERY(
            "query",
            "",
            List.of(
                    "SearchQueryService",
                    "SearchQueryService/3.0.0-rc",
                    "SearchQueryService/3.0.0-beta",
                    "SearchQueryService/3.5.0",
                    "SearchQueryService/Versioned"),
            List.of()),
    AUTOCOMPLETE(
            "autocomplete",
            "",
            List.of(
                    "SearchAutocompleteService",
                    "SearchAutocompleteService/3.0.0-rc",
                    "SearchAutocompleteService/3.0.0-beta",
                    "SearchAutocompleteService/3.5.0",
                    "SearchAutocompleteService/Versioned"),
            List.of()),
    VULNERABILITIES("vulnerabilities", "/index.json", List.of("VulnerabilityInfo/6.7.0"), List.of());

    private final String folder;
    private final String ending;
    private final List<String> types;
    private final List<String> instead;

    NuGetResource(String folder, String ending, List<String> types, List<String> instead) {
        this.folder = folder;
        this.ending = ending;
        this.types = types;
        this.instead = instead;
    }

    static NuGetResource hive(String folder) {
        return Arrays.stream(values())
                .filter(hive -> hive.folder.equals(folder))
                .findFirst()
                .orElseThrow();
    }

    /** Its name below {@code /v3/}. */
    String folder() {
        return folder;
    }

    /** Its address below the mount. */
    String path() {
        return "/v3/" + folder + ending;
    }

    /** The types under which it is offered here; clients compare them letter by letter. */
    List<String> types() {
        return types;
    }

    /** The types under which an upstream may offer it, which are not its own; the first is the best. */
    List<String> instead() {
        return instead;
    }
}
