package io.jcri.it.faults;

import io.jcri.it.kit.CriClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What pods and the judge need of a node, whichever runtime it has. */
interface NodeUnderFaults {
  /** For all clients at once. */
  CriClient client();

  /** The image of all containers: busybox. */
  String image();

  /** Where the kubelet would want logs. */
  Path logs();

  /** The parent of all pods' cgroups. */
  String cgroup();

  /** Where the runtime keeps what it knows of pods and containers. */
  List<Path> folders();

  /** The addresses that are given out. */
  List<Path> leases() throws IOException;

  /** The addresses in a folder of host-local's. */
  static List<Path> leases(Path folder) throws IOException {
    return FaultNode.list(folder).stream()
        .filter(path -> String.valueOf(path.getFileName()).matches("[0-9.]+"))
        .toList();
  }
}
