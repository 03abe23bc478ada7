package gateway.clients;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;

/** A feed in both versions of the protocol, of packages that NuGet itself packed. */
final class NuGetFeed implements AutoCloseable {

    private static final String XML = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

    private final LocalRegistry registry;
    private final Home maker;
    private final byte[] base;

    /** @param folder where the packages are packed */
    NuGetFeed(Path folder) throws IOException {
        this.registry = new LocalRegistry(folder);
        this.maker = new Home(folder);
        service();
        metadata();
        this.base = publish("Demo.Base", "");
        publish("Demo.Top", "Demo.Base");
    }

    /** Configuration of a gateway before this feed. */
    String configuration() {
        return "upstream: { nuget: { url: \"%1$s\", hosts: { v2: \"%1$s/api/v2\" } } }\n".formatted(registry.address());
    }

    /** SHA-256 of the package that the other depends on. */
    String sha256() {
        return Tree.sha256(base);
    }

    @Override
    public void close() {
        registry.close();
    }

    private void service() {
        registry.put("/v3/index.json", """
                {"version": "3.0.0", "resources": [
                  {"@id": "%1$s/files/", "@type": "PackageBaseAddress/3.0.0"},
                  {"@id": "%1$s/registration/", "@type": "RegistrationsBaseUrl/3.6.0"},
                  {"@id": "%1$s/signatures/index.json", "@type": "RepositorySignatures/5.0.0"},
                  {"@id": "%1$s/api/v2", "@type": "LegacyGallery/2.0.0"}
                ]}""".formatted(registry.address()));
        registry.put("/api/v2/", XML + """
                <service xml:base="%s/api/v2/" xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom">
                  <workspace><atom:title>Default</atom:title>
                    <collection href="Packages"><atom:title>Packages</atom:title></collection>
                  </workspace>
                </service>""".formatted(registry.address()));
    }

    /** Old clients look in it for the questions that a feed answers. */
    private void metadata() {
        registry.put("/api/v2/$metadata", XML + """
                <edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx">
                  <edmx:DataServices m:DataServiceVersion="2.0" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata">
                    <Schema Namespace="Demo" xmlns="http://schemas.microsoft.com/ado/2006/04/edm">
                      <EntityType Name="Package" m:HasStream="true">
                        <Key><PropertyRef Name="Id" /><PropertyRef Name="Version" /></Key>
                        <Property Name="Id" Type="Edm.String" Nullable="false" />
                        <Property Name="Version" Type="Edm.String" Nullable="false" />
                      </EntityType>
                      <EntityContainer Name="Feed" m:IsDefaultEntityContainer="true">
                        <EntitySet Name="Packages" EntityType="Demo.Package" />
                        <FunctionImport Name="FindPackagesById" ReturnType="Collection(Demo.Package)" EntitySet="Packages">
                          <Parameter Name="id" Type="Edm.String" />
                        </FunctionImport>
                      </EntityContainer>
                    </Schema>
                  </edmx:DataServices>
                </edmx:Edmx>""");
    }

    private byte[] publish(String id, String needs) throws IOException {
        byte[] bytes = packed(id, needs);
        String lower = id.toLowerCase(Locale.ROOT);
        registry.put("/files/" + lower + "/index.json", "{\"versions\":[\"1.0.0\"]}");
        registry.put("/files/" + lower + "/1.0.0/" + lower + ".1.0.0.nupkg", bytes);
        registry.put("/catalog/" + lower + ".json", """
                {"id": "%s", "version": "1.0.0", "packageHash": "%s", "packageHashAlgorithm": "SHA512", "packageSize": %d}""".formatted(id, sha512(bytes), bytes.length));
        register(id, lower, needs);
        old(id, needs, bytes);
        return bytes;
    }

    /** The versions stand on a page of their own, as those of big packages do. */
    private void register(String id, String lower, String needs) {
        String here = registry.address() + "/registration/" + lower;
        String page = here + "/page/1.0.0/1.0.0.json";
        String dependencies = needs.isEmpty()
                ? ""
                : "{\"dependencies\": [{\"id\": \"%s\", \"range\": \"[1.0.0, )\", \"registration\": \"%s/registration/%s/index.json\"}]}"
                        .formatted(needs, registry.address(), needs.toLowerCase(Locale.ROOT));
        registry.put("/registration/" + lower + "/index.json", """
                {"@id": "%1$s/index.json", "count": 1, "items": [
                  {"@id": "%2$s", "count": 1, "lower": "1.0.0", "upper": "1.0.0", "parent": "%1$s/index.json"}
                ]}""".formatted(here, page));
        registry.put("/registration/" + lower + "/page/1.0.0/1.0.0.json", """
                {"@id": "%1$s", "count": 1, "lower": "1.0.0", "upper": "1.0.0", "parent": "%2$s/index.json", "items": [{
                  "@id": "%2$s/1.0.0.json", "registration": "%2$s/index.json",
                  "packageContent": "%3$s/files/%4$s/1.0.0/%4$s.1.0.0.nupkg",
                  "catalogEntry": {
                    "@id": "%3$s/catalog/%4$s.json", "id": "%5$s", "version": "1.0.0", "listed": true,
                    "published": "2026-01-01T00:00:00Z", "dependencyGroups": [%6$s],
                    "packageContent": "%3$s/files/%4$s/1.0.0/%4$s.1.0.0.nupkg"
                  }
                }]}""".formatted(
                        page, here, registry.address(), lower, id, dependencies));
        registry.put("/registration/" + lower + "/1.0.0.json", """
                {"@id": "%s/1.0.0.json", "catalogEntry": "%s/catalog/%s.json", "listed": true}""".formatted(here, registry.address(), lower));
    }

    private void old(String id, String needs, byte[] bytes) {
        String one = "/api/v2/Packages(Id='%s',Version='1.0.0')".formatted(id);
        String names = "xml:base=\"%s/api/v2/\" xmlns=\"http://www.w3.org/2005/Atom\"".formatted(registry.address())
                + " xmlns:d=\"http://schemas.microsoft.com/ado/2007/08/dataservices\""
                + " xmlns:m=\"http://schemas.microsoft.com/ado/2007/08/dataservices/metadata\"";
        String entry = """
                <entry %s>
                  <id>%s%s</id>
                  <category term="NuGetGallery.V2FeedPackage" scheme="http://schemas.microsoft.com/ado/2007/08/dataservices/scheme" />
                  <title type="text">%s</title><updated>2026-01-01T00:00:00Z</updated><author><name>demo</name></author>
                  <content type="application/zip" src="%s/api/v2/package/%s/1.0.0" />
                  <m:properties>
                    <d:Version>1.0.0</d:Version><d:NormalizedVersion>1.0.0</d:NormalizedVersion>
                    <d:Dependencies>%s</d:Dependencies><d:Description>demo</d:Description>
                    <d:IsLatestVersion m:type="Edm.Boolean">true</d:IsLatestVersion>
                    <d:IsAbsoluteLatestVersion m:type="Edm.Boolean">true</d:IsAbsoluteLatestVersion>
                    <d:Published m:type="Edm.DateTime">2026-01-01T00:00:00</d:Published>
                    <d:PackageHash>%s</d:PackageHash><d:PackageHashAlgorithm>SHA512</d:PackageHashAlgorithm>
                    <d:PackageSize m:type="Edm.Int64">%d</d:PackageSize>
                  </m:properties>
                </entry>
                """.formatted(
                        names,
                        registry.address(),
                        one,
                        id,
                        registry.address(),
                        id,
                        needs.isEmpty() ? "" : needs + ":1.0.0:",
                        sha512(bytes),
                        bytes.length);
        registry.put("/api/v2/package/" + id + "/1.0.0", bytes);
        registry.put(one, XML + entry);
        registry.put(
                "/api/v2/FindPackagesById()?id='" + id + "'", XML + """
                <feed %s><id>%s/api/v2/FindPackagesById</id><title type="text">FindPackagesById</title>
                <updated>2026-01-01T00:00:00Z</updated><link rel="self" title="FindPackagesById" href="FindPackagesById" />
                %s</feed>""".formatted(names, registry.address(), entry));
    }

    private byte[] packed(String id, String needs) throws IOException {
        String dependencies = needs.isEmpty()
                ? ""
                : "<dependencies><dependency id=\"" + needs + "\" version=\"1.0.0\" /></dependencies>";
        maker.write("project/" + id + ".txt", (id + "\n").repeat(200));
        maker.write("project/" + id + ".nuspec", XML + """
                <package><metadata>
                  <id>%1$s</id><version>1.0.0</version><authors>demo</authors><description>demo</description>%2$s
                </metadata><files><file src="%1$s.txt" target="content" /></files></package>""".formatted(id, dependencies));
        maker.run(Tools.mono(), Tools.nuget(), "pack", id + ".nuspec", "-NonInteractive");
        return Files.readAllBytes(maker.file("project/" + id + ".1.0.0.nupkg"));
    }

    private static String sha512(byte[] bytes) {
        try {
            return Base64.getEncoder()
                    .encodeToString(MessageDigest.getInstance("SHA-512").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
