package io.jcri.it.crictl;

import static org.assertj.core.api.Assertions.assertThat;

import io.jcri.it.kit.Command;
import io.jcri.it.kit.Tools;
import io.jcri.it.kit.Waiting;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** crictl, the operator's tool, takes a pod through its life. */
class CrictlTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @RegisterExtension static final TestNode NODE = new TestNode();

  private Tools tools = new Tools(Path.of("crictl"), Path.of("critest"));

  @BeforeEach
  void findTools() throws IOException {
    tools = CrictlTools.getOrSkip();
  }

  @Test
  void aPodsLifeFromRunpToRmp() throws IOException {
    Path folder = NODE.scratch().disk();
    Path logs = Files.createDirectories(folder.resolve("crictl-logs"));
    Path pod =
        Files.writeString(
            folder.resolve("pod.json"),
            """
            {"metadata": {"name": "web", "namespace": "default", "uid": "u1", "attempt": 1},
             "log_directory": "%s", "linux": {}}
            """
                .formatted(logs));
    Path container =
        Files.writeString(
            folder.resolve("container.json"),
            """
            {"metadata": {"name": "app"}, "image": {"image": "%s"},
             "command": ["sh", "-c", "echo hello from jcri; sleep 100000"],
             "log_path": "app.log", "linux": {}}
            """
                .formatted(NODE.busybox()));

    assertThat(crictl("version")).contains("RuntimeName").contains("jcri");
    assertThat(crictl("info"))
        .contains("RuntimeReady")
        .containsPattern("\"cgroupDriver\": \"(cgroupfs|systemd)\"");
    assertThat(crictl("pull", NODE.busybox())).contains("Image is up to date");
    String podId = crictl("runp", pod.toString()).strip();
    String id = crictl("create", podId, container.toString(), pod.toString()).strip();
    crictl("start", id);

    assertThat(crictl("ps")).contains(id.substring(0, 13)).contains("Running").contains("app");
    assertThat(crictl("pods")).contains(podId.substring(0, 13)).contains("Ready").contains("web");
    assertThat(crictl("exec", "-s", id, "echo", "from", "inside").strip()).isEqualTo("from inside");
    Waiting.until(
        PATIENCE, () -> crictl("logs", id).equals("hello from jcri\n"), () -> "not in the log");
    assertThat(crictl("inspect", id)).contains("CONTAINER_RUNNING").contains("\"runtimeSpec\"");
    assertThat(crictl("inspectp", podId)).contains("SANDBOX_READY").contains(NODE.range());
    assertThat(
            crictl(
                    "inspectp",
                    "-o",
                    "go-template",
                    "--template",
                    "{{range .info.runtimeSpec.linux.namespaces}}{{.type}}={{.path}} {{end}}",
                    podId)
                .strip())
        .matches(".*network=/[^ ]+/ns/net.*");
    assertThat(crictl("images")).contains("busybox");
    assertThat(crictl("inspecti", NODE.busybox())).contains("sha256:");
    assertThat(crictl("imagefsinfo")).contains("usedBytes");
    assertThat(crictl("ps", "-q", "--state", "running").strip()).isEqualTo(id);

    crictl("stop", "--timeout", "0", id);
    assertThat(crictl("ps", "-a")).contains("Exited");
    crictl("stopp", podId);
    assertThat(crictl("pods")).contains("NotReady");
    crictl("rm", id);
    crictl("rmp", podId);
    assertThat(crictl("pods", "-q")).isEmpty();
    NODE.assertNoPodIsLeft();
  }

  @Test
  void anErrorIsSaidInWords() throws IOException {
    Command.Result result = tools.crictl(NODE.daemon().socket(), "inspect", "nosuch").run();
    assertThat(result.exitCode()).isNotZero();
    assertThat(result.err()).contains("nosuch");
  }

  private String crictl(String... arguments) throws IOException {
    return tools.crictl(NODE.daemon().socket(), arguments).run().orThrow().out();
  }
}
