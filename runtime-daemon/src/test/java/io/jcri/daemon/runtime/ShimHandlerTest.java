package io.jcri.daemon.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.daemon.config.ConfigFile;
import io.jcri.daemon.config.PodSandbox;
import io.jcri.daemon.core.Layout;
import io.jcri.daemon.node.MadeUpNode;
import io.jcri.oci.runtime.OciRuntime;
import io.jcri.sandbox.cgroup.CgroupDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handlers that are a shim of containerd's, called by the adapter. */
class ShimHandlerTest {
  @TempDir Path root;
  private Path adapter;
  private Path shim;

  @BeforeEach
  void install() throws IOException {
    shim = program("containerd-shim-x-v1", "#!/bin/sh\n");
    adapter =
        program(
            "jcri-task",
            """
            #!/bin/sh
            echo "$@" >> %s/asked
            case $* in
              *--version) echo "jcri-task over $(basename "$2") release-1.0" ;;
              *) echo "unknown command" >&2; exit 1 ;;
            esac
            """
                .formatted(root));
  }

  private Path program(String name, String text) throws IOException {
    Path program = root.resolve(name);
    Files.writeString(program, text);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program;
  }

  private Handlers handlers(String table) {
    return Handlers.find(
        ConfigFile.parse(table, "test"),
        new Layout(root, root),
        MadeUpNode.with(CgroupDriver.CGROUPFS),
        adapter);
  }

  private Handler handler() {
    return handlers("[handlers.x]\nshim = \"%s\"\nshim_config = \"/c.toml\"\n".formatted(shim))
        .require("x");
  }

  @Test
  void theAdapterIsCalledWithTheShimAndItsSettings() {
    Handler handler = handler();
    OciRuntime.Options options = handler.runtime().options();
    assertThat(options.binary()).isEqualTo(adapter);
    assertThat(options.extraArgs())
        .containsExactly("--shim", shim.toString(), "--shim-config", "/c.toml");
    assertThat(handler.runtimeArguments("pod1"))
        .containsExactly(
            "--shim", shim.toString(), "--shim-config", "/c.toml", "--sandbox", "pod1");
    assertThat(handler.sandboxContainer()).isTrue();
    assertThat(handler.programName()).isEqualTo("containerd-shim-x-v1");
  }

  @Test
  void anOciRuntimeIsNotToldOfPods() {
    Handler handler =
        handlers("[handlers.x]\nbinary = \"%s\"\noptions = [\"-v\"]\n".formatted(adapter))
            .require("x");
    assertThat(handler.runtimeArguments("pod1")).containsExactly("-v");
  }

  @Test
  void itTellsOfTheShim() throws IOException {
    Handler handler = handler();
    assertThat(handler.facts())
        .containsEntry("shim", shim.toString())
        .containsEntry("shimConfig", "/c.toml")
        .containsEntry("name", "containerd-shim-x-v1")
        .containsEntry("version", "release-1.0")
        .containsEntry("sandbox", "container")
        .doesNotContainKey("binary")
        .extractingByKey("features")
        .isEqualTo(
            Map.of(
                "ociVersion", "1.0.2",
                "recursiveReadOnlyMounts", false,
                "idMappedMounts", false,
                "userNamespaces", false,
                "netDevices", false,
                "execCgroup", false));
    assertThat(handler.problem()).isEmpty();
    assertThat(handler.silence()).isEmpty();
    assertThat(Files.readAllLines(root.resolve("asked")))
        .contains("--shim " + shim + " --shim-config /c.toml --version");
  }

  @Test
  void theSandboxOfItsPodsMayBeItsOwn() {
    Handler handler =
        handlers("[handlers.x]\nshim = \"%s\"\nsandbox = \"shim\"\n".formatted(shim)).require("x");
    assertThat(handler.sandbox()).isEqualTo(PodSandbox.SHIM);
    assertThat(handler.sandboxContainer()).isTrue();
    assertThat(handler.userNamespaces()).isFalse();
    assertThat(handler.facts()).containsEntry("sandbox", "shim");
  }

  @Test
  void aShimThatIsGoneIsTheProblemThoughTheAdapterIsThere() throws IOException {
    Handler handler = handler();
    assertThat(handler.problem()).isEmpty();
    Files.delete(shim);
    assertThat(handler.problem()).contains("containerd shim " + shim + " is gone");
  }

  @Test
  void oneWhoseShimIsMissingIsNotOfferedUnlessItIsTheDefault() {
    assertThat(handlers("[handlers.x]\nshim = \"/nowhere\"\n").names()).doesNotContain("x");
    assertThat(
            handlers("default_handler = \"x\"\n[handlers.x]\nshim = \"/nowhere\"\n")
                .defaultHandler()
                .problem())
        .contains("containerd shim /nowhere is not installed: it was not found on PATH");
  }

  @Test
  void aReplacedShimIsAskedAgain() throws Exception {
    Handler handler = handler();
    assertThat(handler.facts()).containsEntry("version", "release-1.0");
    program("jcri-task", "#!/bin/sh\necho \"jcri-task over x release-2.0\"\n");
    assertThat(handler.facts())
        .as("only the daemon brings another adapter")
        .containsEntry("version", "release-1.0");
    Files.delete(shim);
    program("containerd-shim-x-v1", "#!/bin/sh\n# another\n");
    for (int i = 0; i < 1_000 && !"release-2.0".equals(handler.facts().get("version")); i++) {
      Thread.sleep(10);
    }
    assertThat(handler.facts()).containsEntry("version", "release-2.0");
  }

  @Test
  void aVersionThatIsNoneLeavesItUnknown() {
    assertThat(FoundRuntime.ofShim("jcri-task over x")).returns("", FoundRuntime::number);
    assertThat(FoundRuntime.ofShim("runc version 1.0.0")).isEqualTo(FoundRuntime.UNKNOWN);
  }
}
