package io.jcri.oci.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.oci.manifest.Descriptor;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A proxy on the way that ends connections: what has arrived is not sent again. */
class CutConnectionsTest extends RegistryFixture {

  private static final int LAYER = 8 << 20;

  @Test
  void whatHasArrivedIsNotSentAgain() throws Exception {
    TestHost registry = host();
    List<Descriptor> blobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      blobs.add(registry.blob(random(LAYER + i)));
    }
    // As a proxy that cuts every 20 MB does to 240 MB.
    CuttingRelay relay = opened(new CuttingRelay(registry, 2 << 20));
    try (ExecutorService layers = Executors.newVirtualThreadPerTaskExecutor()) {
      Repository repository = repository(relay.name() + "/a:v1");
      List<Future<byte[]>> hashes = new ArrayList<>();
      for (Descriptor blob : blobs) {
        hashes.add(
            layers.submit(() -> {
              MessageDigest hash = blob.digest().newHash();
              try (InputStream in = repository.openBlob(blob, 0)) {
                byte[] buffer = new byte[64 << 10];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                  hash.update(buffer, 0, n);
                }
              }
              return hash.digest();
            }));
      }
      for (int i = 0; i < blobs.size(); i++) {
        assertThat(blobs.get(i).digest().matches(hashes.get(i).get())).isTrue();
      }
    }
    long whole = blobs.stream().mapToLong(Descriptor::size).sum();
    assertThat(relay.cuts()).isGreaterThanOrEqualTo(10);
    assertThat(relay.sent()).isLessThanOrEqualTo(whole + whole / 10);
  }
}
