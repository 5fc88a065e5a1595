package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.cli.kit.AdminCommand;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code jcri pin}. */
@Command(
    name = "pin",
    description = "Keep images: neither the kubelet nor prune removes one that is pinned.")
class PinCommand extends AdminCommand {
  @Parameters(arity = "1..*", paramLabel = "<image>", description = "ID, a prefix of it, or name.")
  private List<String> images = List.of();

  boolean pinned() {
    return true;
  }

  @Override
  protected int run(AdminClient daemon) {
    return each(
        images,
        failure(),
        name ->
            daemon.ask(
                "pin",
                new ImageMessages.Pin(List.of(name), pinned()),
                ImageMessages.Changed.class,
                image -> {}));
  }

  @Override
  protected String failure() {
    return "cannot pin";
  }

  /** {@code jcri unpin}. */
  @Command(name = "unpin", description = "Let images go that were pinned.")
  static final class Un extends PinCommand {
    @Override
    boolean pinned() {
      return false;
    }

    @Override
    protected String failure() {
      return "cannot unpin";
    }
  }
}
