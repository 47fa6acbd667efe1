package dev.drover.api.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** What a process shows to prove who it is, and by what it knows the others. Any thread. */
public final class Identity {
    static final String FILE = "identity.pem";

    /** Keystores live in memory only; the JDK asks for a password all the same. */
    private static final char[] NO_SECRET = "memory".toCharArray();

    private final Subject subject;
    private final KeyManager[] keys;
    private final X509ExtendedTrustManager trust;
    private final SSLContext context;
    private final String authority;

    private Identity(
            Subject subject,
            KeyManager[] keys,
            X509ExtendedTrustManager trust,
            X509Certificate authority)
            throws GeneralSecurityException {
        this.subject = subject;
        this.authority = Pems.of(authority).text();
        this.keys = keys;
        this.trust = trust;
        this.context = context(keys, trust);
    }

    /**
     * Loads what {@link CertificateAuthority#issue} wrote to {@code directory}.
     *
     * @throws IOException when there is none, it is damaged, or it has expired
     */
    public static Identity load(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            throw new IOException(
                    "There is no certificate "
                            + file
                            + "; have the cluster's authority issue one, or name its directory");
        }
        Pems pems = Pems.read(file, 2);
        X509Certificate leaf = pems.certificates().getFirst();
        X509Certificate authority = pems.certificates().getLast();
        Subject subject =
                Subject.of(leaf)
                        .orElseThrow(() ->
                                new IOException(
                                        "The certificate in "
                                                + file
                                                + " names nobody that Drover knows; have"
                                                + " the authority issue a new one"));
        try {
            leaf.verify(authority.getPublicKey());
            leaf.checkValidity();
            return new Identity(subject, keys(pems, leaf, authority), trust(authority), authority);
        } catch (CertificateExpiredException e) {
            throw new IOException(
                    "The certificate of "
                            + subject
                            + " in "
                            + file
                            + " has expired; have the authority issue a new one",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IOException(
                    "The certificate in "
                            + file
                            + " cannot be used; check this host's clock, or have the authority"
                            + " issue a new one",
                    e);
        }
    }

    /**
     * TLS of somebody without a certificate, who trusts those of this role that an authority
     * issued.
     *
     * @param authority its certificate, PEM
     * @throws IOException when that is none
     */
    public static SSLContext anonymous(String authority, Subject.Role role) throws IOException {
        try {
            X509Certificate certificate =
                    Pems.certificate(authority.getBytes(StandardCharsets.US_ASCII));
            return context(new KeyManager[0], new RoleTrust(trust(certificate), role));
        } catch (GeneralSecurityException e) {
            throw new IOException("The authority's certificate is damaged", e);
        }
    }

    /** The certificate of the cluster's authority, PEM. */
    public String authority() {
        return authority;
    }

    /** Whom this identity speaks for. */
    public Subject subject() {
        return subject;
    }

    /**
     * TLS with this identity's key, trusting this cluster's authority and nobody else. Whoever
     * accepts connections must ask for the other side's certificate, and both sides must look at
     * {@link #peerOf}.
     */
    public SSLContext context() {
        return context;
    }

    /**
     * As {@link #context}, but trusts those of one role only, at either end of a connection: for
     * protocols that do not look at {@link #peerOf}.
     */
    public SSLContext contextAmong(Subject.Role role) {
        try {
            return context(keys, new RoleTrust(trust, role));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This JDK made TLS a moment ago", e);
        }
    }

    /** Whom the other side's certificate speaks for; empty when it is not one of Drover's. */
    public static Optional<Subject> peerOf(SSLSession session) {
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? Subject.of(certificate)
                    : Optional.empty();
        } catch (SSLPeerUnverifiedException _) {
            return Optional.empty();
        }
    }

    /**
     * Whom a certificate speaks for that TLS has verified already; empty when it is none of
     * Drover's.
     */
    public static Optional<Subject> subjectOf(java.security.cert.Certificate verified) {
        return verified instanceof X509Certificate certificate
                ? Subject.of(certificate)
                : Optional.empty();
    }

    private static KeyManager[] keys(Pems pems, X509Certificate leaf, X509Certificate authority)
            throws GeneralSecurityException, IOException {
        KeyStore mine = emptyStore();
        mine.setKeyEntry("me", pems.key(), NO_SECRET, new X509Certificate[] {leaf, authority});
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(mine, NO_SECRET);
        return keys.getKeyManagers();
    }

    private static X509ExtendedTrustManager trust(X509Certificate authority)
            throws GeneralSecurityException, IOException {
        KeyStore trusted = emptyStore();
        trusted.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        return (X509ExtendedTrustManager) trust.getTrustManagers()[0];
    }

    private static SSLContext context(KeyManager[] keys, X509ExtendedTrustManager trust)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys, new TrustManager[] {trust}, null);
        return context;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
