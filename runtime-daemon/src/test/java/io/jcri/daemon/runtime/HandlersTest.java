package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.DaemonConfig;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of the name by which somebody asks for a handler. */
class HandlersTest {
  @TempDir Path directory;

  private static DaemonConfig config(String more) {
    return ConfigFile.parse("[handlers.runc]\nbinary = \"/bin/true\"\n" + more, "test");
  }

  private static void refused(Handlers handlers, String name, Kind kind, String message) {
    assertThatThrownBy(() -> handlers.requireKnown(name, "a.field"))
        .hasMessageStartingWith("a.field: runtime handler " + name)
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(JcriException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void aMissingProgramIsAnotherReasonThanAnUnknownName() {
    AtomicReference<DaemonConfig> config =
        new AtomicReference<>(
            config(
                """
                [handlers.gone]
                binary = "/none/runtime"
                [handlers.more]
                binary = "/bin/true"
                """));
    Handlers handlers =
        Handlers.of(
            config::get,
            new Layout(directory, directory),
            MadeUpNode.with(CgroupDriver.CGROUPFS),
            directory);
    handlers.requireKnown("runc", "a.field");
    handlers.requireKnown("more", "a.field");
    refused(handlers, "kata", Kind.INVALID, "is unknown");
    refused(handlers, "gone", Kind.FAILED_PRECONDITION, "/none/runtime is not installed");
    config.set(config(""));
    assertThat(handlers.names()).doesNotContain("more");
    handlers.requireKnown("more", "a.field"); // pods of it go on, and get containers
  }
}
