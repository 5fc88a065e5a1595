package io.jcri.daemon.cli.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jcri.daemon.admin.NodeMessages.Container;
import io.jcri.daemon.admin.NodeMessages.Pod;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NamesTest {
  static Pod pod(String id, String namespace, String name, String state) {
    return new Pod(
        id,
        name,
        namespace,
        "uid",
        0,
        state,
        Instant.EPOCH,
        "runc",
        List.of(),
        Map.of(),
        0,
        Map.of());
  }

  static Container container(String id, String pod, String name, String state) {
    return new Container(
        id,
        name,
        pod,
        "default",
        "id of " + pod,
        0,
        state,
        "app:1",
        "sha256:1",
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "",
        Map.of());
  }

  @Test
  void aPodHasManyNames() throws IOException {
    List<Pod> pods =
        List.of(
            pod("abc1", "default", "web", "ready"),
            pod("abd2", "other", "db", "ready"),
            pod("fff3", "default", "abc1", "ready"));
    assertThat(Names.pod(pods, "web").id()).isEqualTo("abc1");
    assertThat(Names.pod(pods, "default/web").id()).isEqualTo("abc1");
    assertThat(Names.pod(pods, "abc1").id()).as("an ID before a name").isEqualTo("abc1");
    assertThat(Names.pod(pods, "abd").id()).isEqualTo("abd2");
    assertThat(Names.findPod(pods, "default/db")).isEmpty();
    assertThatThrownBy(() -> Names.pod(pods, "ab"))
        .hasMessage("pod ab is ambiguous, name one of: abc1 (default/web), abd2 (other/db)");
    assertThatThrownBy(() -> Names.pod(pods, "x")).hasMessage("no pod x; jcri pods lists them");
  }

  @Test
  void theOneThatRunsIsMeant() throws IOException {
    List<Pod> pods =
        List.of(
            pod("3", "default", "web", "not-ready"),
            pod("2", "default", "web", "ready"),
            pod("1", "default", "web", "not-ready"),
            pod("0", "other", "db", "not-ready"),
            pod("9", "another", "db", "not-ready"));
    assertThat(Names.pod(pods, "web").id()).isEqualTo("2");
    assertThatThrownBy(() -> Names.pod(pods, "db"))
        .hasMessageContaining("0 (other/db), 9 (another");
  }

  @Test
  void ofAttemptsThatHaveEndedTheLastIsMeant() throws IOException {
    List<Container> containers =
        List.of(
            container("c3", "web", "app", "exited"),
            container("c2", "web", "app", "exited"),
            container("d2", "db", "side", "exited"),
            container("d1", "web", "side", "exited"));
    assertThat(Names.container(containers, "app").id()).isEqualTo("c3");
    assertThat(Names.container(containers, "web/app").id()).isEqualTo("c3");
    assertThat(Names.container(containers, "default/db/side").id()).isEqualTo("d2");
    assertThatThrownBy(() -> Names.container(containers, "side"))
        .hasMessageContaining("d2 (default/db/side), d1 (default/web/side)");
  }
}
