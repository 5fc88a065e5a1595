package io.jcri.oci.distribution.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and private keys of one PEM file (RFC 7468); text between the blocks is skipped. */
public record PemFile(Path path, List<Block> blocks) {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*+)-----END \\1-----");

  /** The most of a file; all CAs of a distribution together are some 250 KB. */
  private static final int MAX_BYTES = 4 << 20;

  record Block(String type, String base64) {
    byte[] content() throws IOException {
      try {
        return Base64.getMimeDecoder().decode(base64);
      } catch (IllegalArgumentException e) {
        throw new IOException("broken PEM block " + type, e);
      }
    }
  }

  public static PemFile read(Path path) throws IOException {
    String text;
    try (InputStream in = Files.newInputStream(path)) {
      byte[] content = in.readNBytes(MAX_BYTES + 1);
      if (content.length > MAX_BYTES) {
        throw new IOException(path + " has more than " + MAX_BYTES + " bytes");
      }
      text = new String(content, StandardCharsets.ISO_8859_1);
    }
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return new PemFile(path, List.copyOf(blocks));
  }

  List<X509Certificate> certificates() throws IOException {
    List<X509Certificate> found = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (Block block : blocks) {
        if (block.type.equals("CERTIFICATE")) {
          found.add(
              (X509Certificate)
                  factory.generateCertificate(new ByteArrayInputStream(block.content())));
        }
      }
    } catch (CertificateException e) {
      throw new IOException(path + " holds a broken certificate", e);
    }
    return found;
  }

  public Optional<PrivateKey> privateKey() throws IOException {
    for (Block block : blocks) {
      switch (block.type) {
        case "PRIVATE KEY" -> {
          return Optional.of(key(block.content()));
        }
        case "RSA PRIVATE KEY" -> {
          return Optional.of(key(Pkcs8.ofRsa(block.content())));
        }
        case "EC PRIVATE KEY" -> {
          return Optional.of(key(Pkcs8.ofEc(block.content())));
        }
        case "ENCRYPTED PRIVATE KEY" ->
            throw new IOException(path + " holds an encrypted key; no one can give its passphrase");
        default -> {
          // A certificate, or parameters that the key repeats.
        }
      }
    }
    return Optional.empty();
  }

  private PrivateKey key(byte[] pkcs8) throws IOException {
    IOException none = new IOException(path + " holds a key that is not RSA, EC or Ed25519");
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        none.addSuppressed(e);
      }
    }
    throw none;
  }
}
