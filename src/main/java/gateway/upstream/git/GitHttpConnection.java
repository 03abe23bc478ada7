package gateway.upstream.git;

import gateway.upstream.Reach;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.routing.RoutingSupport;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.util.Timeout;
import org.eclipse.jgit.transport.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/** One request of JGit's: credentials go to the upstream's own addresses, whatever JGit would send. */
final class GitHttpConnection implements HttpConnection {

    private final CloseableHttpClient client;
    private final Reach reach;
    private final URI uri;
    private final boolean proxied;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String method = "GET";
    private int readTimeout;
    /** What JGit sends is a list of the commits that it wants and has. */
    private @Nullable ByteArrayOutputStream body;

    private @Nullable ClassicHttpResponse response;

    GitHttpConnection(CloseableHttpClient client, Reach reach, URI uri, boolean proxied) {
        this.client = client;
        this.reach = reach;
        this.uri = uri;
        this.proxied = proxied;
    }

    private ClassicHttpResponse response() throws IOException {
        ClassicHttpResponse known = response;
        if (known != null) {
            return known;
        }
        reach.check(uri);
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        request.setConfig(RequestConfig.custom()
                .setResponseTimeout(Timeout.ofMilliseconds(readTimeout))
                .build());
        headers.forEach(request::setHeader);
        reach.credentials(uri).forEach(request::setHeader);
        if (body != null) {
            request.setEntity(new ByteArrayEntity(body.toByteArray(), null));
        }
        try {
            known = client.executeOpen(RoutingSupport.determineHost(request), request, null);
        } catch (HttpException e) {
            throw new IOException("no such host", e);
        }
        response = known;
        return known;
    }

    @Override
    public int getResponseCode() throws IOException {
        return response().getCode();
    }

    @Override
    public String getResponseMessage() throws IOException {
        return String.valueOf(response().getReasonPhrase());
    }

    @Override
    public URL getURL() {
        try {
            return uri.toURL();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        HttpEntity entity = response().getEntity();
        return entity == null ? InputStream.nullInputStream() : entity.getContent();
    }

    @Override
    public OutputStream getOutputStream() {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        body = sent;
        return sent;
    }

    @Override
    public Map<String, List<String>> getHeaderFields() {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        if (response != null) {
            for (Header header : response.getHeaders()) {
                fields.computeIfAbsent(header.getName(), name -> new ArrayList<>())
                        .add(header.getValue());
            }
        }
        return fields;
    }

    @Override
    public List<String> getHeaderFields(String name) {
        return response == null
                ? List.of()
                : Stream.of(response.getHeaders(name)).map(Header::getValue).toList();
    }

    @Override
    @SuppressWarnings("NullAway") // null says that there is none
    public String getHeaderField(String name) {
        List<String> values = getHeaderFields(name);
        return values.isEmpty() ? null : values.getFirst();
    }

    @Override
    public String getContentType() {
        return getHeaderField("Content-Type");
    }

    @Override
    public int getContentLength() {
        HttpEntity entity = response == null ? null : response.getEntity();
        return entity == null ? -1 : Math.clamp(entity.getContentLength(), -1, Integer.MAX_VALUE);
    }

    @Override
    public void setRequestProperty(String name, String value) {
        if (!name.equalsIgnoreCase("Authorization")) {
            headers.put(name, value);
        }
    }

    @Override
    public void setRequestMethod(String newMethod) {
        method = newMethod;
    }

    @Override
    public String getRequestMethod() {
        return method;
    }

    @Override
    public void setReadTimeout(int milliseconds) {
        readTimeout = milliseconds;
    }

    @Override
    public void connect() throws IOException {
        response();
    }

    @Override
    public boolean usingProxy() {
        return proxied;
    }

    @Override
    public void setConnectTimeout(int milliseconds) {
        // The network's own holds.
    }

    @Override
    public void setUseCaches(boolean use) {
        // There is none.
    }

    @Override
    public void setInstanceFollowRedirects(boolean follow) {
        // JGit follows them itself, each by a connection of its own.
    }

    @Override
    public void setDoOutput(boolean output) {
        // The stream says so.
    }

    @Override
    public void setFixedLengthStreamingMode(int length) {
        // The body is complete before it is sent.
    }

    @Override
    public void setChunkedStreamingMode(int length) {
        // The body is complete before it is sent.
    }

    @Override
    public void configure(KeyManager[] keys, TrustManager[] trusted, SecureRandom random) {
        // Only ever asked for to believe everybody.
    }

    @Override
    public void setHostnameVerifier(HostnameVerifier verifier) {
        // Only ever asked for to believe everybody.
    }
}
