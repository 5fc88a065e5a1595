package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeCheckTest {
  @TempDir Path root;

  private DaemonConfig config(String version, boolean refuse) throws IOException {
    Path program = root.resolve("runtime");
    Files.writeString(program, "#!/bin/sh\necho '%s'\n".formatted(version));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return ConfigFile.parse(
        """
        refuse_known_escapes = %s
        [handlers.runc]
        binary = "%s"
        [handlers.crun]
        binary = "/nowhere"
        """
            .formatted(refuse, program),
        "test");
  }

  private Handler handler(DaemonConfig config) {
    return Handlers.find(
            config,
            new Layout(root, root),
            MadeUpNode.with(CgroupDriver.CGROUPFS),
            Path.of("/nowhere"))
        .require("runc");
  }

  @Test
  void aRuntimeWithKnownEscapesIsTold() throws IOException {
    DaemonConfig config = config("runc version 1.1.11", false);
    assertThat(RuntimeCheck.escapes(config))
        .singleElement()
        .asString()
        .startsWith("handlers.runc: OCI runtime " + root.resolve("runtime") + " is version 1.1.11")
        .contains("CVE-2024-21626", "CVE-2025-31133");
    assertThat(handler(config).problem()).isEmpty();
    assertThat(handler(config).facts().get("knownEscapes")).asString().contains("CVE-2024-21626");
  }

  @Test
  void andRefusedWhenTheKeySaysSo() throws IOException {
    assertThat(handler(config("runc version 1.3.2", true)).problem())
        .hasValueSatisfying(why -> assertThat(why).contains("CVE-2025-52881"));
    assertThat(handler(config("runc version 1.3.3", true)).problem()).isEmpty();
  }

  @Test
  void othersAreNotConcerned() throws IOException {
    assertThat(RuntimeCheck.escapes(config("runc version 1.4.0", true))).isEmpty();
    assertThat(RuntimeCheck.escapes(config("youki version 0.1.0", true))).isEmpty();
    assertThat(handler(config("runc version 1.4.0", true)).facts())
        .containsEntry("version", "1.4.0")
        .doesNotContainKey("knownEscapes");
  }
}
