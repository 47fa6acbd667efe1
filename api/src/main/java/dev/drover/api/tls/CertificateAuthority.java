package dev.drover.api.tls;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The cluster's own certificate authority: one file {@code authority.pem} with its key and its
 * certificate, readable by its owner only. Keys are on the curve P-256, signatures ECDSA with
 * SHA-256 (FIPS 186-5). Any thread.
 */
public final class CertificateAuthority {
    private static final String FILE = "authority.pem";
    private static final Duration AUTHORITY_LIVES = Duration.ofDays(3650);
    private static final Duration IDENTITY_LIVES = Duration.ofDays(730);

    /** Hosts' clocks may differ by this much without a fresh certificate being refused. */
    private static final Duration CLOCK_SKEW = Duration.ofHours(1);

    /** 20 octets at most, positive (RFC 5280, 4.1.2.2). */
    private static final int SERIAL_BITS = 127;

    private final PrivateKey key;
    private final X509Certificate certificate;

    private CertificateAuthority(PrivateKey key, X509Certificate certificate) {
        this.key = key;
        this.certificate = certificate;
    }

    /**
     * Makes an authority in {@code directory}, which is made too if need be.
     *
     * @throws FileAlreadyExistsException when there is one already; it is left as it is
     */
    public static CertificateAuthority create(Path directory) throws IOException {
        makePrivate(directory);
        Path file = directory.resolve(FILE);
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        try {
            KeyPair keys = newKeys();
            X500Principal name = new X500Principal("CN=Drover authority,O=Drover");
            X509v3CertificateBuilder builder =
                    builder(name, name, keys.getPublic(), keys.getPublic(), AUTHORITY_LIVES)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                            .addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            X509Certificate certificate = sign(builder, keys.getPrivate());
            Pem.write(file, List.of(Pems.of(keys.getPrivate()), Pems.of(certificate)));
            return new CertificateAuthority(keys.getPrivate(), certificate);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("Could not make a certificate authority in " + directory, e);
        }
    }

    /**
     * Opens the authority that {@link #create} made.
     *
     * @throws IOException when there is none, or its file is damaged
     */
    public static CertificateAuthority open(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        Pems pems = Pems.read(file, 1);
        return new CertificateAuthority(pems.key(), pems.certificates().getFirst());
    }

    /**
     * Makes a key and a certificate for {@code subject}, valid for two years, and writes them with
     * the authority's certificate to {@code identity.pem} in {@code directory}, which is made if
     * need be; {@link Identity#load} reads it. An identity that is there already is replaced, at
     * once or not at all.
     */
    public void issue(Subject subject, Path directory) throws IOException {
        makePrivate(directory);
        try {
            KeyPair keys = newKeys();
            var purposes =
                    new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                    };
            X509v3CertificateBuilder builder =
                    builder(
                                    certificate.getSubjectX500Principal(),
                                    subject.principal(),
                                    keys.getPublic(),
                                    certificate.getPublicKey(),
                                    IDENTITY_LIVES)
                            .addExtension(
                                    Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(
                                    Extension.keyUsage,
                                    true,
                                    new KeyUsage(KeyUsage.digitalSignature))
                            .addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(purposes));
            X509Certificate leaf = sign(builder, key);
            Pem.write(
                    directory.resolve(Identity.FILE),
                    List.of(Pems.of(keys.getPrivate()), Pems.of(leaf), Pems.of(certificate)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("Could not issue a certificate for " + subject, e);
        }
    }

    private static KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    private static X509v3CertificateBuilder builder(
            X500Principal issuer,
            X500Principal subject,
            PublicKey subjectKey,
            PublicKey issuerKey,
            Duration lives)
            throws GeneralSecurityException, IOException {
        Instant now = Instant.now();
        JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
        return new JcaX509v3CertificateBuilder(
                        issuer,
                        new BigInteger(SERIAL_BITS, new SecureRandom()).add(BigInteger.ONE),
                        Date.from(now.minus(CLOCK_SKEW)),
                        Date.from(now.plus(lives)),
                        subject,
                        subjectKey)
                .addExtension(
                        Extension.subjectKeyIdentifier,
                        false,
                        extensions.createSubjectKeyIdentifier(subjectKey))
                .addExtension(
                        Extension.authorityKeyIdentifier,
                        false,
                        extensions.createAuthorityKeyIdentifier(issuerKey));
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(key);
        return Pems.certificate(builder.build(signer).getEncoded());
    }

    private static void makePrivate(Path directory) throws IOException {
        var owner =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        Files.createDirectories(directory, owner);
    }
}
