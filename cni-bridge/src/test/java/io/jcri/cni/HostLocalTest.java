package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the addresses of a network are, and which of them are lost. */
final class HostLocalTest {
  private final FileTime old = FileTime.from(Instant.now().minusSeconds(3600));

  @TempDir Path root;
  private Path folder;

  @BeforeEach
  void setUp() throws Exception {
    folder = Files.createDirectories(root.resolve("net"));
  }

  private static Network network(String ipam) throws Exception {
    return NetworkParser.parseList(
        Json.parseObject(
            "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"plugins\":[{\"type\":\"a\"},{\"type\":\"b\",\"ipam\":%s}]}"
                .formatted(ipam)),
        List.of(),
        "test");
  }

  private Network network() throws Exception {
    return network("{\"type\":\"host-local\",\"dataDir\":\"%s\"}".formatted(root));
  }

  private Path file(String name, String content) throws Exception {
    Path file = Files.writeString(folder.resolve(name), content);
    Files.setLastModifiedTime(file, old);
    return file;
  }

  @Test
  void findsWhereTheyAre() throws Exception {
    assertThat(HostLocal.directory(network())).contains(root);
    assertThat(HostLocal.directory(network("{\"type\":\"host-local\"}")))
        .contains(Path.of("/var/lib/cni/networks"));
    assertThat(HostLocal.directory(network("{\"type\":\"whereabouts\"}"))).isEmpty();
    assertThat(HostLocal.directory(network("{\"type\":\"host-local\",\"dataDir\":\"\\u0000\"}")))
        .isEmpty();
  }

  @Test
  void anAddressWithoutAnOwnerIsLost() throws Exception {
    Path four = file("10.1.0.5", "");
    Path six = file("fd00:1::5", "");
    file("10.1.0.6", "5e0a\r\neth0");
    assertThat(HostLocal.lost(network())).containsExactly(four, six);
  }

  @Test
  void whatIsBeingWrittenIsNotNorWhatIsNoAddress() throws Exception {
    Files.createFile(folder.resolve("10.1.0.5"));
    file("lock", "");
    file("last_reserved_ip.0", "");
    Files.createDirectory(folder.resolve("10.1.0.7"));
    assertThat(HostLocal.lost(network())).isEmpty();
  }

  @Test
  void aNetworkThatHasGivenNoneYetHasLostNone() throws Exception {
    Files.delete(folder);
    assertThat(HostLocal.lost(network())).isEmpty();
  }
}
