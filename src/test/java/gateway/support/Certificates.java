package gateway.support;

import gateway.settings.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A key that was made for one test, and the certificate that it signed for itself.
 *
 * @param key in PKCS#8
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Certificates(Certificate certificate, byte[] key) {

    private static final char[] PASSWORD = "changeit".toCharArray();
    /** What PKCS#8 puts before a key of 2048 bits. */
    private static final int HEADER = 26;

    /**
     * By keytool, for 127.0.0.1.
     *
     * @param algorithm EC or RSA
     */
    public static Certificates make(Path folder, String algorithm) throws Exception {
        Path store = Files.createTempFile(folder, "keys", ".p12");
        Files.delete(store);
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "it",
                        "-keyalg",
                        algorithm,
                        "-keysize",
                        algorithm.equals("EC") ? "256" : "2048",
                        "-dname",
                        "CN=test",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-validity",
                        "3650",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException(said);
        }
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        return new Certificates(
                keys.getCertificate("it"), keys.getKey("it", PASSWORD).getEncoded());
    }

    public String certificatePem() throws GeneralSecurityException {
        return pem("CERTIFICATE", certificate.getEncoded());
    }

    public String keyPem() {
        return pem("PRIVATE KEY", key);
    }

    /** In the older form of RSA keys. */
    public String pkcs1Pem() {
        return pem("RSA PRIVATE KEY", Arrays.copyOfRange(key, HEADER, key.length));
    }

    private static String pem(String type, byte[] bytes) {
        return "-----BEGIN " + type + "-----\n" + Base64.getMimeEncoder().encodeToString(bytes) + "\n-----END " + type
                + "-----\n";
    }

    /** Writes both files, whatever stood there. */
    public Tls write(Path folder) throws Exception {
        return new Tls(
                Files.writeString(folder.resolve("tls.crt"), certificatePem()),
                Files.writeString(folder.resolve("tls.key"), keyPem()));
    }

    /** What a server has that shows it. */
    public SSLContext shown() throws Exception {
        PrivateKey secret = KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
                .generatePrivate(new PKCS8EncodedKeySpec(key));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("it", secret, PASSWORD, new Certificate[] {certificate});
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    /** What a client has that believes these and nobody else. */
    public static SSLContext trusting(Certificates... believed) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (int i = 0; i < believed.length; i++) {
            store.setCertificateEntry("it-" + i, believed[i].certificate());
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }
}
