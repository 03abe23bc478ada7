package gateway.web;

import gateway.settings.SettingsException;
import gateway.settings.Tls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolNegotiator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSessionContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ssl.pem.PemContent;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * The server's TLS with the newest pair of certificate and key that can be used. Connections keep what they began with.
 */
final class ServerTls extends SslContext {

    private static final Logger log = LoggerFactory.getLogger(ServerTls.class);
    /** Files are read rather than watched: what replaces them may be a link two folders above. */
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Tls files;
    private volatile Pair pair;
    private String complaint = "";

    private ServerTls(Tls files) {
        this.files = files;
        this.pair = Pair.of(Texts.read(files));
    }

    /**
     * Blocks while the files are read.
     *
     * @throws SettingsException when they cannot be used
     */
    static ServerTls of(Tls files) {
        return new ServerTls(files);
    }

    /** Looks after the files for ever. */
    Flux<Long> renewals() {
        return Flux.interval(LOOK, Schedulers.boundedElastic())
                .onBackpressureDrop()
                .doOnNext(tick -> look());
    }

    private void look() {
        try {
            Texts now = Texts.read(files);
            if (!now.equals(pair.texts())) {
                pair = Pair.of(now);
            }
            complaint = "";
        } catch (SettingsException e) {
            String again = String.valueOf(e.getMessage());
            // Two files are not replaced at one moment: what is wrong only once is not worth a line.
            if (complaint.equals(again)) {
                log.warn("the TLS files changed and cannot be used, the former pair stays: {}", again);
                complaint = again + " (said)";
            } else if (!complaint.equals(again + " (said)")) {
                complaint = again;
            }
        }
    }

    private record Texts(String certificate, String key) {

        static Texts read(Tls files) {
            return new Texts(text("tls.certificate", files.certificate()), text("tls.key", files.key()));
        }

        private static String text(String label, Path file) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new SettingsException(label + ": " + file + " cannot be read as text");
            }
        }
    }

    private record Pair(Texts texts, SslContext context) {

        static Pair of(Texts texts) {
            List<X509Certificate> chain = certificates(texts.certificate());
            PrivateKey key = key(texts.key());
            X509Certificate own = chain.getFirst();
            if (!fits(key, own.getPublicKey())) {
                throw new SettingsException("tls.key: does not belong to the first certificate of tls.certificate");
            }
            try {
                SslContext context = SslContextBuilder.forServer(key, chain)
                        .sslProvider(SslProvider.JDK)
                        .protocols("TLSv1.3", "TLSv1.2")
                        .build();
                log.info(
                        "TLS certificate of {}, valid until {}",
                        own.getSubjectX500Principal(),
                        own.getNotAfter().toInstant());
                return new Pair(texts, context);
            } catch (SSLException | RuntimeException e) {
                throw new SettingsException("tls.certificate: cannot be used: " + e.getMessage());
            }
        }

        private static List<X509Certificate> certificates(String pem) {
            try {
                return PemContent.of(pem).getCertificates();
            } catch (RuntimeException e) {
                throw new SettingsException("tls.certificate: holds no certificate in PEM");
            }
        }

        private static PrivateKey key(String pem) {
            try {
                return Objects.requireNonNull(PemContent.of(pem).getPrivateKey());
            } catch (RuntimeException e) {
                throw new SettingsException("tls.key: holds no private key in PEM, or one with a password");
            }
        }

        private static boolean fits(PrivateKey key, PublicKey certified) {
            if (key instanceof RSAKey mine && certified instanceof RSAKey theirs) {
                return mine.getModulus().equals(theirs.getModulus());
            }
            try {
                Signature signature =
                        Signature.getInstance(key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : key.getAlgorithm());
                signature.initSign(key);
                byte[] signed = signature.sign();
                signature.initVerify(certified);
                return signature.verify(signed);
            } catch (GeneralSecurityException e) {
                return false;
            }
        }
    }

    @Override
    public boolean isClient() {
        return false;
    }

    @Override
    public List<String> cipherSuites() {
        return pair.context().cipherSuites();
    }

    @Override
    @SuppressWarnings("deprecation") // What Netty put in its place is not asked for.
    public ApplicationProtocolNegotiator applicationProtocolNegotiator() {
        return pair.context().applicationProtocolNegotiator();
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator) {
        return pair.context().newEngine(allocator);
    }

    @Override
    public SSLEngine newEngine(ByteBufAllocator allocator, String host, int port) {
        return pair.context().newEngine(allocator, host, port);
    }

    @Override
    public SSLSessionContext sessionContext() {
        return pair.context().sessionContext();
    }
}
