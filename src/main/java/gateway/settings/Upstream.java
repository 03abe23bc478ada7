package gateway.settings;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An origin server, with what it takes to ask it.
 *
 * @param name unique within its repository
 * @param url without user, query or trailing slash
 * @param hosts second hosts by the name under which the format knows them, for example {@code files}
 * @param credentials for Basic authentication; null for none
 * @param token for Bearer authentication; null for none
 * @param headers sent with every call; their values may be secret
 * @param mirrorGroup upstreams of one group hold the same packages, so that one may stand in for another that fails;
 *     null for none
 * @param forbiddenMeansNotFound whether 403 says that a file does not exist, as object stores have it
 * @param rules which packages it may be asked for
 * @param terms whether it may be at a private address, and how long it may keep us waiting
 * @param git what its modules are called when it is a git repository; null for a server that speaks the format
 */
public record Upstream(
        String name,
        URI url,
        Map<String, URI> hosts,
        @Nullable Credentials credentials,
        @Nullable Secret token,
        Map<String, Secret> headers,
        @Nullable String mirrorGroup,
        boolean forbiddenMeansNotFound,
        Rules rules,
        Terms terms,
        @Nullable GitModule git) {

    /**
     * On what terms an upstream is asked.
     *
     * @param trusted whether the operator named it, and so allows its own address to be private
     * @param responseTimeout longest wait for the header of an answer; null for the network's
     */
    public record Terms(boolean trusted, @Nullable Duration responseTimeout) {

        /** Those of what stands in the configuration. */
        public static final Terms USUAL = new Terms(true, null);
    }

    public Upstream {
        hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** A server that speaks the format, as the operator configured it. */
    public Upstream(
            String name,
            URI url,
            Map<String, URI> hosts,
            @Nullable Credentials credentials,
            @Nullable Secret token,
            Map<String, Secret> headers,
            @Nullable String mirrorGroup,
            boolean forbiddenMeansNotFound,
            Rules rules) {
        this(
                name,
                url,
                hosts,
                credentials,
                token,
                headers,
                mirrorGroup,
                forbiddenMeansNotFound,
                rules,
                Terms.USUAL,
                null);
    }

    /** One that may be asked for everything. */
    public Upstream(
            String name,
            URI url,
            Map<String, URI> hosts,
            @Nullable Credentials credentials,
            @Nullable Secret token,
            Map<String, Secret> headers,
            @Nullable String mirrorGroup,
            boolean forbiddenMeansNotFound) {
        this(name, url, hosts, credentials, token, headers, mirrorGroup, forbiddenMeansNotFound, Rules.NONE);
    }

    /** An open upstream with nothing but a URL. */
    public static Upstream at(String name, URI url) {
        return new Upstream(name, url, Map.of(), null, null, Map.of(), null, false);
    }

    /** A git repository, from which Go modules are made. */
    public static Upstream git(String name, URI url, GitModule module, @Nullable Credentials credentials, Rules rules) {
        return new Upstream(name, url, Map.of(), credentials, null, Map.of(), null, false, rules, Terms.USUAL, module);
    }

    /** Where it is, for people: a host and perhaps a port, but no path, which may hold a token. */
    public String place() {
        String authority = url.getRawAuthority();
        String host = authority == null ? "on this machine" : authority;
        return git == null ? host : "git, " + host;
    }

    /**
     * Who this upstream is in cache keys: whoever asks another URL, or with other credentials, gets another identity and
     * so never sees these bytes. It is computed anew at each call.
     */
    public String id() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            write(out, url.toString());
            out.writeInt(hosts.size());
            for (var host : new TreeMap<>(hosts).entrySet()) {
                write(out, host.getKey());
                write(out, host.getValue().toString());
            }
            write(out, credentials == null ? null : credentials.username());
            write(out, credentials == null ? null : credentials.password().value());
            write(out, token == null ? null : token.value());
            TreeMap<String, Secret> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            sorted.putAll(headers);
            for (var header : sorted.entrySet()) {
                write(out, header.getKey().toLowerCase(Locale.ROOT));
                write(out, header.getValue().value());
            }
            if (!terms.equals(Terms.USUAL)) {
                out.writeBoolean(terms.trusted());
                write(out, String.valueOf(terms.responseTimeout()));
            }
            if (git != null) {
                write(out, "git");
            }
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes.toByteArray());
            return name + "-" + HexFormat.of().formatHex(digest, 0, 4);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // Lengths keep "ab" + "c" apart from "a" + "bc".
    private static void write(DataOutputStream out, @Nullable String text) throws IOException {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(text == null ? -1 : bytes.length);
        out.write(bytes);
    }
}
