package io.jcri.it.restart;

import io.jcri.daemon.container.Container;
import io.jcri.daemon.container.Exit;
import io.jcri.daemon.life.ContainerPhase;
import io.jcri.daemon.record.RecordStore;
import io.jcri.it.node.TestNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** What the daemon has on disk, changed while it is down: a crash at a moment of our choice. */
final class Records {
  private Records() {}

  private static Path containers(TestNode node) {
    return node.daemon().root().resolve("containers");
  }

  static Path ofContainer(TestNode node, String id) {
    return containers(node).resolve(id + ".json");
  }

  static Path ofPod(TestNode node, String id) {
    return node.daemon().root().resolve("pods").resolve(id + ".json");
  }

  /** As if the daemon had died right after it recorded the exit. */
  static void exited(TestNode node, String id, int code) throws IOException {
    change(
        node, id, c -> in(c, ContainerPhase.EXITED).withExit(Exit.of(code, c.createdAt(), false)));
  }

  /** As if it had died in the middle of the creation. */
  static void creating(TestNode node, String id) throws IOException {
    change(node, id, c -> in(c, ContainerPhase.CREATING));
  }

  private static Container in(Container c, ContainerPhase phase) {
    return new Container(
        c.id(),
        c.podId(),
        c.config(),
        c.image(),
        c.process(),
        phase,
        c.createdAt(),
        c.startedAt(),
        c.exit(),
        c.init(),
        c.shim(),
        c.logFile(),
        c.stopSignal(),
        c.bootId());
  }

  private static void change(TestNode node, String id, UnaryOperator<Container> change)
      throws IOException {
    RecordStore<Container> records = new RecordStore<>(containers(node), Container.class);
    Container before =
        records.loadAll().stream().filter(c -> c.id().equals(id)).findFirst().orElseThrow();
    records.save(id, change.apply(before));
  }
}
