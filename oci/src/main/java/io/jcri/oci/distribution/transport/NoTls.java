package io.jcri.oci.distribution.transport;

import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The TLS context of a client that is asked for plain HTTP only. Java's client wants one all the
 * same, and a real one, with the certificates that the system trusts, is most of the client's cost.
 */
final class NoTls extends SSLContext {

  NoTls() {
    super(new Refusal(), null, "none");
  }

  private static final class Refusal extends SSLContextSpi {

    private static UnsupportedOperationException refusal() {
      return new UnsupportedOperationException("this client speaks plain HTTP");
    }

    @Override
    protected void engineInit(
        KeyManager @Nullable [] keys,
        TrustManager @Nullable [] trust,
        @Nullable SecureRandom random) {
      throw refusal();
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      throw refusal();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw refusal();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      throw refusal();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      throw refusal();
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      throw refusal();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      throw refusal();
    }
  }
}
