package gateway.support;

import java.util.LinkedHashMap;
import java.util.Map;

/** Packages of NuGet. */
public final class NuGetFiles {

    private NuGetFiles() {}

    /** @param more elements of its metadata */
    public static byte[] nupkg(String id, String version, String more) {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("_rels/.rels", "<Relationships/>");
        files.put("lib/nested.nuspec", "not this one");
        files.put(
                id + ".nuspec",
                "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\n" + """
                <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
                  <metadata>
                    <id>%s</id>
                    <version>%s</version>
                    <authors>Dana &amp; Rita</authors>
                    <description>What it is</description>
                    %s
                  </metadata>
                </package>
                """.formatted(id, version, more));
        return PythonFiles.zip(files);
    }
}
