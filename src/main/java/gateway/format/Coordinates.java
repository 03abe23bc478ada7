package gateway.format;

import org.jspecify.annotations.Nullable;

/**
 * Which package a file belongs to.
 *
 * @param type the format's name
 * @param name as the ecosystem writes it, for example {@code @babel/core} or {@code org.junit:junit}
 * @param version null when the file belongs to no single version, as an index does
 */
public record Coordinates(
        String type, String name, @Nullable String version) {

    /** The package URL ({@code pkg:type/name@version}), percent-encoded. */
    public String purl() {
        String path = Origin.encode(name.replace(':', '/')).replace("@", "%40").replace("+", "%2B");
        String suffix = version == null
                ? ""
                : "@" + Origin.encode(version).replace("+", "%2B").replace("@", "%40");
        return "pkg:" + type + "/" + path + suffix;
    }
}
