package gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about a file that cannot be used. */
class FileComplaintsTest {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            listne: ":1"                              | listne: unknown key; did you mean listen?
            server: x                                 | server: unknown key; known here: listen, tls, base_url, storage, database, log, upstream, uploads, access, rules, network, limits, repositories, shutdown, admin, secrets, features, packages, projects, groups
            storage: { maxsize: 1GB }                 | storage.maxsize: unknown key; did you mean max_size?
            database: { url: x }                      | database.url: unknown key; known here: path
            storage: { max_size: 10XB }               | storage.max_size: "10XB" is not a size; write for example 10GB
            storage: { max_artifact_size: -1 }        | storage.max_artifact_size: "-1" is not a size; write for example 10GB
            storage: { fsync: yes }                   | storage.fsync: "yes" is neither true nor false
            storage: here                             | storage: must be a set of keys, each with a value
            storage: { path: [a] }                    | storage.path: must be a single value
            storage: { path: "" }                     | storage.path: "" is not a path
            listen: { port: 1 }                       | listen: must be a single value
            listen: 8080                              | listen: "8080" is not an address; write for example :8080, 127.0.0.1:3000 or [::1]:8080
            tls: { certificate: /no/such.pem, key: k } | tls.certificate: "/no/such.pem" cannot be read
            tls: { key: /no/such.pem }                | tls.certificate: is missing
            tls: {}                                   | tls.certificate: is missing
            tls: { cert: a }                          | tls.cert: unknown key; known here: certificate, key
            base_url: gw.example.com                  | base_url: "gw.example.com" is not a URL; write for example http://registry.internal:4873/path
            base_url: "http://gw/?a=b"                | base_url: "http://gw/?***" must end before ? and #
            base_url: "ftp://gw"                      | base_url: "ftp://gw" is not a URL; write for example http://registry.internal:4873/path
            base_url: "http://my_host/"               | base_url: "http://my_host/" has a host name with an underscore, which is not allowed in URLs
            base_url: "http://gw:70000"               | base_url: "http://gw:70000" has a port that does not exist
            log: { level: 3 }                         | log.level: "3" is not a log level; write debug, info, warn or error
            network: { trusted_proxies: 10.0.0.1 }    | network.trusted_proxies: must be a list
            network: { trusted_proxies: [gw] }        | network.trusted_proxies[0]: "gw" is not a network; write for example 10.1.0.0/16 or fd00::/8
            network: { trusted_proxies: [10.1.2.3/8]} | network.trusted_proxies[0]: "10.1.2.3/8" is not the start of a network; write 10.0.0.0/8
            network: { trusted_proxies: [10.0.0.0/33]}| network.trusted_proxies[0]: "10.0.0.0/33" is not a network; write for example 10.1.0.0/16 or fd00::/8
            network: { allow_private_upstreams: [~] } | network.allow_private_upstreams[0]: is empty
            network: { allow_private_upstreams: [a b]}| network.allow_private_upstreams[0]: "a b" is neither a network nor a host; write for example 10.1.0.0/16 or registry.internal
            network: { connect_timeout: 10 }          | network.connect_timeout: "10" is not a duration; write for example 30s, 2m or 1h
            network: { idle_timeout: 0s }             | network.idle_timeout: "0s" must be longer than nothing
            network: { flight_timeout: 25h }          | network.flight_timeout: "25h" is too long; at most 24h
            network: { ca_file: /no/such.pem }        | network.ca_file: "/no/such.pem" cannot be read
            network: { proxy: "http://proxy" }        | network.proxy: "http://proxy" must be a host and a port; write for example http://proxy.internal:3128
            network: { proxy: "https://proxy:1" }     | network.proxy: "https://proxy:1" is not a proxy that can be used; write for example http://proxy.internal:3128
            limits: { connections: 0 }                | limits.connections: "0" is not a number from 16 to 1000000
            limits: { connections: many }             | limits.connections: "many" is not a number from 16 to 1000000
            limits: { request_line: 100B }            | limits.request_line: "100B" is less than 1KiB or more than 1MiB
            limits: { headers: 1GB }                  | limits.headers: "1GB" is less than 1KiB or more than 1MiB
            limits: { head_timeout: 0s }              | limits.head_timeout: "0s" must be longer than nothing
            limits: { body_timeouts: 1s }             | limits.body_timeouts: unknown key; did you mean body_timeout?
            shutdown: { grace: soon }                 | shutdown.grace: "soon" is not a duration; write for example 30s, 2m or 1h
            upstream: { nmp: "http://x" }             | upstream.nmp: unknown key; did you mean npm?
            upstream: { gradle: "http://x" }          | upstream.gradle: unknown key; known here: npm, maven, pypi, cargo, go, debian, debian-security, composer, conda, gem, hex, pub, nuget, cran, gradle-plugins, conan
            uploads: { npm: { max_size: 1GB } }       | uploads.npm: unknown key; known here: gradle
            uploads: { gradle: { max: 1GB } }         | uploads.gradle.max: unknown key; known here: read_only, max_size, max_age
            uploads: { gradle: { max_age: 1w } }      | uploads.gradle.max_age: "1w" is not a duration; write for example 30s, 2m or 1h
            repositories: [{ path: /g, format: gradle, upstream: "http://x" }] | repositories[0].upstream: unknown key; known here: path, format, uploads, access
            repositories: [{ path: /n, format: npm, upstream: "http://x", uploads: {} }] | repositories[0].uploads: unknown key; known here: path, format, upstream, allow, deny, access
            upstream: { npm: { url: "http://x", deny: [] } } | upstream.npm.deny: is empty
            upstream: { npm: { url: "http://x", deny: "@a/*" } } | upstream.npm.deny: must be a list
            upstream: { npm: { url: "http://x", allow: ["a b"] } } | upstream.npm.allow[0]: "a b" is not a pattern of names; write for example @acme/* or com.acme:*
            rules: { npm: { denied: ["a"] } }         | rules.npm.denied: unknown key; known here: allow, deny
            rules: { gradle: { deny: ["a"] } }        | rules.gradle: unknown key; known here: npm, maven, pypi, cargo, go, debian, debian-security, composer, conda, gem, hex, pub, nuget, cran, gradle-plugins, conan
            repositories: [{ path: /g, format: gradle, deny: [a] }] | repositories[0].deny: unknown key; known here: path, format, uploads, access
            repositories: [{ path: /n, format: npm, upstream: "http://x", allow: [""] }] | repositories[0].allow[0]: "" is not a pattern of names; write for example @acme/* or com.acme:*
            upstream: { npm: [] }                     | upstream.npm: is empty
            upstream: { npm: [["http://x"]] }         | upstream.npm[0]: must be a URL or a set of keys
            upstream: { npm: { url: x } }             | upstream.npm.url: "x" is not a URL; write for example http://registry.internal:4873/path
            upstream: { npm: { name: a } }            | upstream.npm.url: is missing
            upstream: { npm: { urls: "http://x" } }   | upstream.npm.urls: unknown key; did you mean url?
            upstream: { npm: { url: "http://x", name: "a/b" } } | upstream.npm.name: "a/b" is not a name; use letters, digits, '.', '_' and '-'
            upstream: { npm: [{ url: "http://x", name: a }, { url: "http://y", name: a }] } | upstream.npm[1].name: "a" is given twice
            upstream: { npm: { url: "http://x", hosts: { files: y } } } | upstream.npm.hosts.files: "y" is not a URL; write for example http://registry.internal:4873/path
            upstream: { npm: { url: "http://x", forbidden_means_not_found: 1 } } | upstream.npm.forbidden_means_not_found: "1" is neither true nor false
            repositories: { path: /x }                | repositories: must be a list
            repositories: [x]                         | repositories[0]: must be a set of keys, each with a value
            repositories: [{ format: npm }]           | repositories[0].path: is missing
            repositories: [{ path: /a, upstream: "http://x" }] | repositories[0].format: is missing
            repositories: [{ path: /a, format: npm }] | repositories[0].upstream: is missing
            repositories: [{ path: /a, formt: npm }]  | repositories[0].formt: unknown key; did you mean format?
            repositories: [{ path: /a, format: mavn, upstream: "http://x" }]    | repositories[0].format: "mavn" is not a format; did you mean maven?
            repositories: [{ path: /a, format: fortran, upstream: "http://x" }] | repositories[0].format: "fortran" is not a format; known are cargo, composer, conan, conda, cran, debian, gem, go, gradle, hex, maven, npm, nuget, pub, pypi
            repositories: [{ path: maven-x }]         | repositories[0].path: "maven-x" is not a path; write for example /maven-internal, in lower case
            repositories: [{ path: /a//b }]           | repositories[0].path: "/a//b" is not a path; write for example /maven-internal, in lower case
            repositories: [{ path: /../b }]           | repositories[0].path: "/../b" is not a path; write for example /maven-internal, in lower case
            repositories: [{ path: /npm/ }]           | repositories[0].path: "/npm/" is already a mount
            repositories: [{ path: /npm/inner }]      | repositories[0].path: "/npm/inner" overlaps with the mount /npm
            repositories: [{ path: / }]               | repositories[0].path: "/" belongs to the gateway itself; choose another path
            repositories: [{ path: /health }]         | repositories[0].path: "/health" belongs to the gateway itself; choose another path
            repositories: [{ path: /stats/x }]        | repositories[0].path: "/stats/x" belongs to the gateway itself; choose another path
            repositories: [{ path: /metrics }]        | repositories[0].path: "/metrics" belongs to the gateway itself; choose another path
            repositories: [{ path: /api }]            | repositories[0].path: "/api" belongs to the gateway itself; choose another path
            storage: { path: a, path: b }             | storage.path: is given twice
            - listen                                  | gateway.yaml: must hold keys, for example listen: ":8080"
            just words                                | gateway.yaml: must hold keys, for example listen: ":8080"
            listen: [                                 | gateway.yaml: is not valid YAML: line 1, column 10: expected the node content, but found '<stream end>'
            a: &a [*a]                                | a: is nested too deeply
            ? [a] : b                                 | gateway.yaml: line 1: a key must be a single word
            {"listen": }                              | gateway.yaml: is not valid JSON: line 1, column 12
            {"listen": ":1"} x                        | gateway.yaml: is not valid JSON: line 1, column 18
            {"listen": ":1", "listen": ":2"}          | gateway.yaml: is not valid JSON: line 1, column 26: a key is given twice
            """)
    void aMistakeIsOneLineThatNamesItsKey(String text, String complaint) {
        assertThat(ConfigurationFile.of(folder, text).complaint()).isEqualTo(complaint);
    }

    @Test
    void twoFurtherMountsOnOnePath() {
        String text = """
                repositories:
                  - { path: /a, format: npm, upstream: "http://x" }
                  - { path: /a, format: go, upstream: "http://x" }
                """;
        assertThat(ConfigurationFile.of(folder, text).complaint())
                .isEqualTo("repositories[1].path: \"/a\" is already a mount");
    }

    @Test
    void aFileThatIsMissingAFolderOrNotText() throws IOException {
        assertThat(new ConfigurationFile(folder.resolve("none.yaml"), Map.of()).complaint())
                .isEqualTo("none.yaml: no such file");
        assertThat(new ConfigurationFile(Files.createDirectory(folder.resolve("dir")), Map.of()).complaint())
                .isEqualTo("dir: cannot be read, it is a folder");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(new ConfigurationFile(binary, Map.of()).complaint()).isEqualTo("binary: is not UTF-8 text");
    }

    @Test
    void aLongOrMultiLineValueDoesNotMakeTheComplaintLong() {
        String text = "listen: \"a\\nb" + "c".repeat(500) + "\"";
        assertThat(ConfigurationFile.of(folder, text).complaint())
                .isEqualTo("listen: \"a b" + "c".repeat(97)
                        + "...\" is not an address; write for example :8080, 127.0.0.1:3000 or [::1]:8080");
    }
}
