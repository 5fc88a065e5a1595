package io.jcri.daemon.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.DaemonConfig.Tls;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
  @TempDir Path folder;

  /** Makes a key and its self-signed certificate with the JDK's own tool. */
  private Tls write(String name)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = folder.resolve("store-" + name);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "k",
                "-keyalg",
                "EC",
                "-dname",
                "CN=" + name,
                "-storetype",
                "PKCS12",
                "-storepass",
                "secret",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, "secret".toCharArray());
    }
    Tls files = new Tls(folder.resolve("cert.pem"), folder.resolve("key.pem"));
    replace(files.certificate(), "CERTIFICATE", keys.getCertificate("k").getEncoded());
    replace(files.key(), "PRIVATE KEY", keys.getKey("k", "secret".toCharArray()).getEncoded());
    return files;
  }

  private static void replace(Path file, String what, byte[] content) throws IOException {
    Files.deleteIfExists(file);
    Files.writeString(
        file,
        "-----BEGIN %s-----\n%s\n-----END %s-----\n"
            .formatted(what, Base64.getMimeEncoder().encodeToString(content), what));
  }

  @Test
  void newFilesAreReadAndTornOnesLeaveTheOld() throws Exception {
    Tls files = write("one");
    TlsFiles tls = new TlsFiles(files);
    SslContext first = tls.current();
    assertThat(tls.current()).isSameAs(first);

    Files.writeString(files.certificate(), "half a certifica");
    assertThat(tls.current()).isSameAs(first);
    assertThat(tls.current()).isSameAs(first);

    Tls again = write("two");
    assertThat(again).isEqualTo(files);
    SslContext second = tls.current();
    assertThat(second).isNotSameAs(first);
    assertThat(tls.current()).isSameAs(second);

    Files.delete(files.key());
    assertThat(tls.current()).isSameAs(second);
  }

  @Test
  void filesThatCannotBeUsedAreNamed() throws Exception {
    Tls files = write("one");
    Files.writeString(files.key(), "no key");
    assertThatThrownBy(() -> new TlsFiles(files))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(files.key().toString());
    Files.delete(files.key());
    assertThatThrownBy(() -> new TlsFiles(files)).hasMessage("there is no file " + files.key());
  }
}
