package gateway.upstream;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose TLS certificates are believed: the system's authorities and those of the settings. */
final class Trust {
    private Trust() {}

    static SslContext context(@Nullable Path caFile) {
        try {
            return SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(managers(caFile))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same for who needs the JDK's own. */
    static SSLContext jdk(@Nullable Path caFile) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers(caFile).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TrustManagerFactory managers(@Nullable Path caFile) {
        try {
            return factory(caFile == null ? List.of() : read(caFile));
        } catch (IOException e) {
            throw new UncheckedIOException("network.ca_file cannot be read: " + e.getMessage(), e);
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("network.ca_file holds no certificates in PEM: " + e.getMessage(), e);
        }
    }

    private static List<Certificate> read(Path caFile) throws IOException, GeneralSecurityException {
        try (var in = Files.newInputStream(caFile)) {
            return List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
        }
    }

    private static TrustManagerFactory factory(List<Certificate> added) throws IOException, GeneralSecurityException {
        var system = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        system.init((KeyStore) null);
        if (added.isEmpty()) {
            return system;
        }
        List<Certificate> all = new ArrayList<>(added);
        for (TrustManager manager : system.getTrustManagers()) {
            if (manager instanceof X509TrustManager authorities) {
                all.addAll(List.<X509Certificate>of(authorities.getAcceptedIssuers()));
            }
        }
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (int i = 0; i < all.size(); i++) {
            store.setCertificateEntry("authority-" + i, all.get(i));
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
