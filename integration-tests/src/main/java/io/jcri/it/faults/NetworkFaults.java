package io.jcri.it.faults;

import io.jcri.it.faults.Gates.Misdeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** What happens to the pods' network. */
final class NetworkFaults {
  private static final Misdeed[] MISDEEDS = {
    Misdeed.DIE_BEFORE,
    Misdeed.DIE_MIDWAY,
    Misdeed.DIE_AFTER,
    Misdeed.FAIL_BEFORE,
    Misdeed.FAIL_AFTER,
    Misdeed.RUBBISH
  };
  private static final String[] PLUGINS = {"bridge", "bridge", "host-local"};

  private NetworkFaults() {}

  static Fault pluginMisbehaves(Random random) {
    String plugin = PLUGINS[random.nextInt(PLUGINS.length)];
    String gate = plugin + (random.nextInt(3) == 0 ? "-DEL" : "-ADD");
    Misdeed misdeed = MISDEEDS[random.nextInt(MISDEEDS.length)];
    return ProcessFaults.misbehaving(gate, misdeed, random.nextInt(30));
  }

  /** Stopped in the middle: for a while, or for longer than the daemon waits. */
  static Fault pluginFrozen(Random random) {
    String plugin = PLUGINS[random.nextInt(PLUGINS.length)];
    String gate = plugin + (random.nextInt(3) == 0 ? "-DEL" : "-ADD");
    int limit = FaultNode.NETWORK_SECONDS * 1000;
    int frozen = random.nextInt(4) == 0 ? limit + 1000 : 300 + random.nextInt(2000);
    return ProcessFaults.frozen(gate, random.nextInt(30), frozen);
  }

  static Fault pluginGone(Random random) {
    String plugin = PLUGINS[random.nextInt(PLUGINS.length)];
    return round -> {
      round.sleepUpTo(500);
      round.tell(plugin);
      Path file = round.node().gates().plugin(plugin);
      Path away = file.resolveSibling("away");
      Files.move(file, away);
      round.sleepUpTo(1500);
      Files.move(away, file);
    };
  }

  static Fault configurationGone(Random random) {
    boolean restarted = random.nextBoolean();
    return round -> {
      round.sleepUpTo(500);
      Path file = round.node().networkFile();
      Path away = file.resolveSibling("away");
      Files.move(file, away);
      round.tell(restarted ? "and the daemon killed" : "");
      if (restarted) {
        DaemonFaults.killAndStart(round);
      }
      round.sleepUpTo(1500);
      Files.move(away, file);
    };
  }
}
