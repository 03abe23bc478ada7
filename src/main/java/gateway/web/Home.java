package gateway.web;

import static org.springframework.web.util.HtmlUtils.htmlEscape;

import gateway.cache.Mount;
import gateway.settings.Upstream;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The page at {@code /}: what this is, what is mounted, and how to point each client here; HTML or plain text. */
final class Home {

    private static final String WHAT = "A pull-through cache for package registries.";
    private static final String HOW =
            "It answers package managers from its store, and fetches what is missing from the registry behind it.";
    private static final MediaType HTML = MediaType.parseMediaType("text/html;charset=UTF-8");
    private static final MediaType TEXT = MediaType.parseMediaType("text/plain;charset=UTF-8");

    private final List<Mount> mounts;
    private final String version;
    private final ForwardedBase forwarded;
    private final Map<String, List<Setup>> setups;
    private final String root;
    private final String html;
    private final String text;

    Home(List<Mount> mounts, String version, ForwardedBase forwarded) {
        this.mounts = mounts;
        this.version = version;
        this.forwarded = forwarded;
        this.root = mounts.isEmpty() ? "" : root(mounts.getFirst());
        this.setups = new LinkedHashMap<>();
        mounts.forEach(mount -> setups.computeIfAbsent(
                mount.format().name(), format -> Setup.of(format, URI.create(root), mount.base())));
        this.html = html();
        this.text = text();
    }

    Mono<ServerResponse> page(ServerRequest request) {
        Home seen = seen(request);
        boolean browser = request.headers().header("Accept").stream()
                .anyMatch(accept -> accept.contains(MediaType.TEXT_HTML_VALUE));
        return ServerResponse.ok()
                .contentType(browser ? HTML : TEXT)
                .header("Vary", "Accept")
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .bodyValue(browser ? seen.html : seen.text);
    }

    /** As it is under the URL that a trusted proxy names. */
    private Home seen(ServerRequest request) {
        HttpHeaders told = new DefaultHttpHeaders();
        for (String name : ForwardedBase.TOLD) {
            String value = request.headers().firstHeader(name);
            if (value != null) {
                told.set(name, value);
            }
        }
        InetSocketAddress peer = request.remoteAddress().orElse(null);
        return forwarded.told(peer, told).isEmpty()
                ? this
                : new Home(
                        mounts.stream()
                                .map(mount -> forwarded.of(mount, peer, told))
                                .toList(),
                        version,
                        forwarded);
    }

    private static String root(Mount mount) {
        String base = mount.base().toString();
        return base.substring(0, base.length() - mount.path().length());
    }

    /** Names and hosts only: the path of a private upstream may hold a token. */
    private static String upstreams(Mount mount) {
        return mount.sources().stream()
                .map(source -> source.hosted() ? "what clients store" : shown(source.upstream()))
                .collect(Collectors.joining(", "));
    }

    private static String shown(Upstream upstream) {
        return upstream.name() + " (" + upstream.place() + ")";
    }

    private String text() {
        StringBuilder page = new StringBuilder("gateway " + version + "\n" + WHAT + "\n" + HOW + "\n\n");
        page.append("health, statistics, metrics: ").append(root).append("/health  /stats  /metrics\n\nRepositories\n");
        int widest = mounts.stream()
                .mapToInt(mount -> mount.base().toString().length())
                .max()
                .orElse(0);
        for (Mount mount : mounts) {
            String url = mount.base() + "/"
                    + " ".repeat(widest - mount.base().toString().length());
            page.append("  %s  %-6s  %s%n".formatted(url, mount.format().name(), upstreams(mount)));
        }
        clients().forEach(setup -> {
            page.append('\n').append(setup.client()).append('\n');
            for (Setup.Snippet snippet : setup.snippets()) {
                page.append(snippet.caption().indent(2)).append('\n');
                page.append(snippet.code().indent(6).replaceAll("(?m)^ +$", "")).append('\n');
            }
        });
        return page.toString();
    }

    private String html() {
        return Setup.resource("setup/page.html")
                .replace("{version}", htmlEscape(version))
                .replace("{what}", htmlEscape(WHAT))
                .replace("{how}", htmlEscape(HOW))
                .replace("{repositories}", mounts.stream().map(Home::row).collect(Collectors.joining("\n")))
                .replace("{clients}", clients().map(Home::link).collect(Collectors.joining("\n")))
                .replace("{setups}", clients().map(Home::section).collect(Collectors.joining("\n")));
    }

    private Stream<Setup> clients() {
        return setups.values().stream().flatMap(List::stream);
    }

    private static String row(Mount mount) {
        return "<tr><td><code>%s/</code></td><td>%s</td><td>%s</td></tr>"
                .formatted(
                        htmlEscape(mount.base().toString()),
                        htmlEscape(mount.format().name()),
                        htmlEscape(upstreams(mount)));
    }

    private static String link(Setup setup) {
        return "<a href=\"#%s\">%s</a>".formatted(anchor(setup), htmlEscape(setup.client()));
    }

    private static String section(Setup setup) {
        String snippets = setup.snippets().stream()
                .map(snippet -> "<p>%s</p>\n<pre><code>%s</code></pre>"
                        .formatted(htmlEscape(snippet.caption()), htmlEscape(snippet.code())))
                .collect(Collectors.joining("\n"));
        return "<section id=\"%s\">\n<h2>%s</h2>\n%s\n</section>"
                .formatted(anchor(setup), htmlEscape(setup.client()), snippets);
    }

    private static String anchor(Setup setup) {
        return setup.client().replaceAll("[^A-Za-z0-9]+", "-");
    }
}
