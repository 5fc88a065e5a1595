package io.jcri.daemon.cli.pod;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.NodeMessages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What commands ask of the daemon more than once. */
final class Node {
  private Node() {}

  /** All pods, the newest first. */
  static List<NodeMessages.Pod> pods(AdminClient daemon) throws IOException {
    return all(daemon, "pods", NodeMessages.Pod.class);
  }

  /** All containers, the newest first. */
  static List<NodeMessages.Container> containers(AdminClient daemon) throws IOException {
    return all(daemon, "containers", NodeMessages.Container.class);
  }

  static <T extends Record> List<T> all(AdminClient daemon, String verb, Class<T> type)
      throws IOException {
    List<T> rows = new ArrayList<>();
    daemon.ask(verb, new NodeMessages.All(), type, rows::add);
    return rows;
  }

  /** The one answer of a verb. */
  static <T extends Record> T one(AdminClient daemon, String verb, Record arguments, Class<T> type)
      throws IOException {
    List<T> answers = new ArrayList<>();
    daemon.ask(verb, arguments, type, answers::add);
    if (answers.isEmpty()) {
      throw new IOException("the daemon has nothing to say of it");
    }
    return answers.getFirst();
  }
}
