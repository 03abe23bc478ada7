package gateway.format;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a package says of itself.
 *
 * @param about for {@link NuGetListing}, in JSON
 */
public record NuGetSpec(NuGetId.Version of, String about) {

    /** Many times the size of a real one. */
    private static final int LARGEST = 256 << 10;

    private static final Pattern SPEC = Pattern.compile("[^/\\\\]+\\.nuspec", Pattern.CASE_INSENSITIVE);
    private static final Pattern BLANKS = Pattern.compile("[\\s,]+");

    /** What is told under the name that the package gives it. */
    private static final Map<String, String> TOLD = Map.of(
            "authors", "authors",
            "title", "title",
            "summary", "summary",
            "description", "description",
            "projecturl", "projectUrl",
            "licenseurl", "licenseUrl",
            "iconurl", "iconUrl",
            "language", "language");

    /** The .nuspec in a package; null when it has none. */
    public static byte @Nullable [] in(InputStream archive) throws IOException {
        try {
            return Zipped.first(archive, name -> SPEC.matcher(name).matches(), LARGEST);
        } catch (IllegalArgumentException e) {
            throw new IOException("it is broken", e);
        }
    }

    /** Empty when it does not say which version of which package it is. */
    public static Optional<NuGetSpec> of(byte[] nuspec) throws IOException {
        Element metadata = Jsoup.parse(new ByteArrayInputStream(nuspec), null, "", Parser.xmlParser())
                .selectFirst("package > metadata");
        if (metadata == null) {
            return Optional.empty();
        }
        String id = text(metadata, "id");
        return NuGetId.of(id)
                .flatMap(known -> known.at(text(metadata, "version")))
                .map(of -> new NuGetSpec(of, JsonMapper.shared().writeValueAsString(about(metadata, id))));
    }

    private static String text(Element parent, String name) {
        for (Element child : parent.children()) {
            if (child.normalName().equals(name)) {
                return child.wholeText().strip();
            }
        }
        return "";
    }

    private static ObjectNode about(Element metadata, String id) {
        ObjectNode about = JsonMapper.shared().createObjectNode();
        about.put("id", id);
        for (Element child : metadata.children()) {
            String text = child.wholeText().strip();
            String name = child.normalName();
            String told = TOLD.get(name);
            if (told != null) {
                about.put(told, text);
            }
            switch (name) {
                case "tags" ->
                    BLANKS.splitAsStream(text).filter(tag -> !tag.isEmpty()).forEach(about.withArray("tags")::add);
                case "license" ->
                    about.put(child.attr("type").equals("expression") ? "licenseExpression" : "licenseFile", text);
                case "requirelicenseacceptance" ->
                    about.put(
                            "requireLicenseAcceptance",
                            text.toLowerCase(Locale.ROOT).equals("true"));
                case "packagetypes" ->
                    child.children()
                            .forEach(type ->
                                    about.withArray("packageTypes").addObject().put("name", type.attr("name")));
                case "dependencies" -> groups(child, about.withArray("dependencyGroups"));
                default -> {}
            }
        }
        return about;
    }

    /** By framework, or all in one group that is for every framework. */
    private static void groups(Element dependencies, ArrayNode groups) {
        ArrayNode plain = JsonMapper.shared().createArrayNode();
        for (Element child : dependencies.children()) {
            if (child.normalName().equals("group")) {
                ObjectNode group = groups.addObject();
                if (child.hasAttr("targetFramework")) {
                    group.put("targetFramework", child.attr("targetFramework"));
                }
                ArrayNode needed = group.putArray("dependencies");
                child.children().forEach(one -> dependency(one, needed));
            } else {
                dependency(child, plain);
            }
        }
        if (!plain.isEmpty()) {
            groups.addObject().set("dependencies", plain);
        }
    }

    private static void dependency(Element one, ArrayNode needed) {
        needed.addObject()
                .put("id", one.attr("id"))
                .put("range", range(one.attr("version").strip()));
    }

    /** A version alone is the lowest that will do. */
    private static String range(String version) {
        if (version.isEmpty()) {
            return "(, )";
        }
        return version.startsWith("[") || version.startsWith("(") ? version : "[" + version + ", )";
    }
}
