package io.jcri.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With stand-ins for both programs: what the one is told, and what is made of what it says. */
final class NftTrialTest {
  @TempDir Path root;

  private Path program(String name, String script) throws IOException {
    Path file = Files.writeString(root.resolve(name), "#!/bin/sh\n" + script + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path unshare() throws IOException {
    return program("unshare", "[ \"$1\" = --net ] && shift && exec \"$@\"");
  }

  @Test
  void theRuleIsTriedWholeInANamespaceOfItsOwn() throws IOException {
    Path nft = program("nft", "[ \"$*\" = '-f -' ] && cat > " + root + "/script");
    assertThat(NftTrial.refusal(nft, unshare())).isEmpty();
    assertThat(Files.readString(root.resolve("script")))
        .contains("table ip jcri-check {")
        .contains("type nat hook postrouting")
        .contains("ip saddr 192.0.2.0/24 ip daddr != { 192.0.2.0/24, 224.0.0.0/4 } masquerade");
  }

  @Test
  void whatNftSaysIsTheReason() throws IOException {
    Path nft = program("nft", "echo 'Error: not supported' >&2; echo more >&2; exit 1");
    assertThat(NftTrial.refusal(nft, unshare())).contains("Error: not supported");
    assertThat(NftTrial.refusal(program("mute", "exit 3"), unshare())).contains("it ended with 3");
  }

  @Test
  void withoutANamespaceNothingIsTried() throws IOException {
    Path nft = program("nft", "touch " + root + "/called");
    Path refused = program("refused", "echo 'unshare: not permitted' >&2; exit 1");
    assertThatThrownBy(() -> NftTrial.refusal(nft, refused)).hasMessage("unshare: not permitted");
    assertThatThrownBy(() -> NftTrial.refusal(nft, root.resolve("none")))
        .isInstanceOf(IOException.class);
    assertThat(root.resolve("called")).doesNotExist();
  }
}
