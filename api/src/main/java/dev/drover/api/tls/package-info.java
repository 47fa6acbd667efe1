/**
 * Who is who: a certificate authority of the cluster's own, and identities that it issued.
 *
 * <p>Read {@link dev.drover.api.tls.Subject}, {@link dev.drover.api.tls.CertificateAuthority},
 * {@link dev.drover.api.tls.Identity}. A peer is authenticated by the authority's signature and by
 * the subject in its certificate, never by its address: hosts may change theirs.
 */
@NullMarked
package dev.drover.api.tls;

import org.jspecify.annotations.NullMarked;
