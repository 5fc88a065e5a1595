package io.jcri.oci.distribution.transport;

import io.jcri.oci.distribution.config.TransportSettings;
import io.jcri.oci.distribution.config.TransportSettings.ClientPair;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Makes TLS contexts. Trust is the operating system's bundle, as every other tool on the node has
 * it, rather than the one that came with Java; an operator's {@code update-ca-certificates} must
 * count.
 */
final class TlsContexts {

  private static final char[] NO_PASSWORD = {};

  /** Debian, RHEL, SUSE and Alpine, in the order that Go tries them. */
  private static final List<Path> BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private TlsContexts() {}

  static SSLContext create(TransportSettings settings) throws IOException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(settings.clients()), trustManagers(settings), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot set up TLS: " + e.getMessage(), e);
    }
  }

  private static KeyManager @Nullable [] keyManagers(List<ClientPair> clients)
      throws IOException, GeneralSecurityException {
    if (clients.isEmpty()) {
      return null;
    }
    KeyStore store = emptyStore();
    for (ClientPair pair : clients) {
      PemFile certificate = PemFile.read(pair.certificate());
      PemFile keyFile = pair.key().isPresent() ? PemFile.read(pair.key().get()) : certificate;
      PrivateKey key =
          keyFile
              .privateKey()
              .orElseThrow(() -> new IOException(keyFile.path() + " holds no private key"));
      X509Certificate[] chain = certificate.certificates().toArray(X509Certificate[]::new);
      if (chain.length == 0) {
        throw new IOException(certificate.path() + " holds no certificate");
      }
      store.setKeyEntry("client" + store.size(), key, NO_PASSWORD, chain);
    }
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static TrustManager @Nullable [] trustManagers(TransportSettings settings)
      throws IOException, GeneralSecurityException {
    if (settings.skipVerify()) {
      return new TrustManager[] {new TrustAll()};
    }
    KeyStore store = emptyStore();
    boolean system = false;
    for (Path bundle : BUNDLES) {
      if (!system && Files.isReadable(bundle)) {
        addTo(store, bundle);
        system = true;
      }
    }
    for (Path ca : settings.ca()) {
      if (addTo(store, ca) == 0) {
        throw new IOException(ca + " holds no certificate");
      }
    }
    if (!system) {
      addJava(store);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return factory.getTrustManagers();
  }

  private static int addTo(KeyStore store, Path file) throws IOException, GeneralSecurityException {
    List<X509Certificate> certificates = PemFile.read(file).certificates();
    for (X509Certificate certificate : certificates) {
      store.setCertificateEntry("ca" + store.size(), certificate);
    }
    return certificates.size();
  }

  private static void addJava(KeyStore store) throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager trust) {
        for (X509Certificate certificate : trust.getAcceptedIssuers()) {
          store.setCertificateEntry("ca" + store.size(), certificate);
        }
      }
    }
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** For {@code skip_verify}. The extended class also switches off the check of the host name. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
