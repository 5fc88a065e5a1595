package io.jcri.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A point in the daemon's work that can be seen from outside, since a file comes or goes. */
enum Moment {
  POD_RECORD {
    @Override
    long count(FaultNode node) throws IOException {
      return FaultNode.list(node.daemon().root().resolve("pods")).size();
    }
  },
  POD_FOLDER {
    @Override
    long count(FaultNode node) throws IOException {
      return FaultNode.list(pods(node)).size();
    }
  },
  PINNED_NETWORK {
    @Override
    long count(FaultNode node) throws IOException {
      return having(pods(node), "ns/net");
    }
  },
  POD_HOSTS_FILE {
    @Override
    long count(FaultNode node) throws IOException {
      return having(pods(node), "hosts");
    }
  },
  LEASE {
    @Override
    long count(FaultNode node) throws IOException {
      return node.leases().size();
    }
  },
  CONTAINER_RECORD {
    @Override
    long count(FaultNode node) throws IOException {
      return FaultNode.list(node.daemon().root().resolve("containers")).size();
    }
  },
  SNAPSHOT {
    @Override
    long count(FaultNode node) throws IOException {
      return FaultNode.list(node.daemon().root().resolve("image").resolve("snapshots")).size();
    }
  },
  CONTAINER_FOLDER {
    @Override
    long count(FaultNode node) throws IOException {
      return FaultNode.list(containers(node)).size();
    }
  },
  BUNDLE {
    @Override
    long count(FaultNode node) throws IOException {
      return having(containers(node), "bundle/config.json");
    }
  },
  EXIT_RECORD {
    @Override
    long count(FaultNode node) throws IOException {
      return having(containers(node), "exit");
    }
  };

  /** How many of its files there are now. */
  abstract long count(FaultNode node) throws IOException;

  /**
   * Waits for one more of its files, or for one fewer.
   *
   * @return false when none came or went within {@code patience}
   */
  boolean await(Round round, boolean comes, Duration patience)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    long last = count(round.node());
    while (round.isAtWork() && System.nanoTime() - deadline < 0) {
      long now = count(round.node());
      if (comes ? now > last : now < last) {
        return true;
      }
      last = now;
      Thread.sleep(Duration.ofNanos(200_000));
    }
    return false;
  }

  private static Path pods(FaultNode node) {
    return node.daemon().state().resolve("pods");
  }

  private static Path containers(FaultNode node) {
    return node.daemon().state().resolve("containers");
  }

  private static long having(Path folder, String file) throws IOException {
    return FaultNode.list(folder).stream().filter(each -> Files.exists(each.resolve(file))).count();
  }
}
