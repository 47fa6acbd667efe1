package dev.drover.api.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A private key (PKCS #8, elliptic curve) and the certificates that lie in a file with it. */
record Pems(PrivateKey key, List<X509Certificate> certificates) {
    static Pem of(PrivateKey key) {
        return new Pem(Pem.KEY, key.getEncoded());
    }

    static Pem of(X509Certificate certificate) throws CertificateException {
        return new Pem(Pem.CERTIFICATE, certificate.getEncoded());
    }

    static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der));
    }

    /** Reads a file that must hold one key and {@code certificates} certificates. */
    static Pems read(Path file, int certificates) throws IOException {
        @Nullable PrivateKey key = null;
        List<X509Certificate> found = new ArrayList<>();
        try {
            for (Pem block : Pem.read(file)) {
                switch (block.label()) {
                    case Pem.KEY ->
                            key =
                                    KeyFactory.getInstance("EC")
                                            .generatePrivate(new PKCS8EncodedKeySpec(block.der()));
                    case Pem.CERTIFICATE -> found.add(certificate(block.der()));
                    default -> throw damaged(file, null);
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw damaged(file, e);
        }
        if (key == null || found.size() != certificates) {
            throw damaged(file, null);
        }
        return new Pems(key, found);
    }

    private static IOException damaged(Path file, @Nullable Exception cause) {
        return new IOException(
                "The file " + file + " is damaged; have the authority issue a new one", cause);
    }
}
