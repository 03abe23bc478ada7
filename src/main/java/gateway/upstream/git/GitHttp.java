package gateway.upstream.git;

import gateway.settings.Credentials;
import gateway.settings.Network;
import gateway.settings.ProxyServer;
import gateway.upstream.Reach;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.eclipse.jgit.transport.http.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/** JGit's way to the web for one fetch, by the same rules as for any other upstream. */
final class GitHttp implements HttpConnectionFactory, AutoCloseable {

    private final Reach reach;
    private final Network network;
    private final CloseableHttpClient client;

    GitHttp(Reach reach, Network network) {
        this.reach = reach;
        this.network = network;
        this.client = client();
    }

    @Override
    public HttpConnection create(URL url) throws IOException {
        try {
            return new GitHttpConnection(client, reach, url.toURI(), network.proxy() != null);
        } catch (URISyntaxException e) {
            throw new IOException("not a URL", e);
        }
    }

    @Override
    public HttpConnection create(URL url, @Nullable Proxy ignored) throws IOException {
        return create(url);
    }

    private CloseableHttpClient client() {
        PoolingHttpClientConnectionManagerBuilder connections = PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(new DefaultClientTlsStrategy(reach.tls()))
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(network.connectTimeout().toMillis(), TimeUnit.MILLISECONDS)
                        .setSocketTimeout(Math.toIntExact(network.idleTimeout().toMillis()), TimeUnit.MILLISECONDS)
                        .build());
        HttpClientBuilder builder = HttpClients.custom()
                .disableRedirectHandling()
                .disableAutomaticRetries()
                .disableCookieManagement()
                .disableContentCompression();
        ProxyServer proxy = network.proxy();
        if (proxy == null) {
            connections.setDnsResolver(new Guarded(reach));
        } else {
            HttpHost host = new HttpHost(proxy.host(), proxy.port());
            builder.setProxy(host);
            Credentials credentials = proxy.credentials();
            if (credentials != null) {
                BasicCredentialsProvider provider = new BasicCredentialsProvider();
                provider.setCredentials(
                        new AuthScope(host),
                        new UsernamePasswordCredentials(
                                credentials.username(),
                                credentials.password().value().toCharArray()));
                builder.setDefaultCredentialsProvider(provider);
            }
        }
        return builder.setConnectionManager(connections.build()).build();
    }

    @Override
    public void close() throws IOException {
        client.close();
    }

    /** Gives away only addresses that may be connected to, so that what was checked is what is used. */
    private record Guarded(Reach rules) implements DnsResolver {

        @Override
        public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
            return rules.addresses(host, port);
        }

        @Override
        public InetAddress[] resolve(String host) throws UnknownHostException {
            throw new UnknownHostException("without a port nobody can say whether the address is allowed");
        }

        @Override
        public String resolveCanonicalHostname(String host) {
            return host;
        }
    }
}
