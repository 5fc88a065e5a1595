package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.cli.kit.AdminCommand;
import io.jcri.daemon.imports.FoundImage;
import io.jcri.daemon.imports.containerd.ContainerdImages;
import io.jcri.daemon.imports.storage.StorageImages;
import io.jcri.oci.manifest.Platform;
import io.jcri.sandbox.linux.Linux;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code jcri import-from}: what a node that moves to jcri needs not to pull again. */
@Command(
    name = "import-from",
    description = {
      "Take over the images that containerd or CRI-O has on this node's disk; stop it before. Nothing of"
          + " theirs is changed. A line for each image; what cannot be taken over is told on standard error,"
          + " and why. A tag that is another image's here stays where it is.",
      "Exit status: 0 all images are here, 3 some are not, 1 failed, 2 wrong command line."
    })
final class ImportFromCommand extends AdminCommand {
  /** Whose images. */
  enum Owner {
    CONTAINERD("/var/lib/containerd"),
    CRIO("/var/lib/containers/storage");

    private final String root;

    Owner(String root) {
      this.root = root;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "<runtime>",
      description = "Whose they are: ${COMPLETION-CANDIDATES}.")
  private Owner owner = Owner.CONTAINERD;

  @Option(
      names = "--root",
      paramLabel = "<directory>",
      description =
          "Where it keeps them: root in containerd's configuration, /var/lib/containerd by default;"
              + " graphroot in storage.conf or root in CRI-O's, /var/lib/containers/storage by default.")
  private @Nullable Path root;

  @Option(
      names = "--namespace",
      paramLabel = "<name>",
      defaultValue = "k8s.io",
      description = "The namespace of containerd's; ${DEFAULT-VALUE} by default.")
  private String namespace = "k8s.io";

  @Option(names = "--dry-run", description = "Tell what would be done, and do nothing.")
  private boolean dry;

  @Override
  protected int run(AdminClient daemon) throws IOException {
    List<FoundImage> found = found();
    return new ImageImport(daemon, dry).run(found);
  }

  private List<FoundImage> found() throws IOException {
    Path from = root == null ? Path.of(owner.root) : root;
    if (!Files.isDirectory(from)) {
      throw new IOException("there is no directory " + from + "; --root names another one");
    }
    return switch (owner) {
      case CONTAINERD -> ofContainerd(new ContainerdImages(from));
      case CRIO -> new StorageImages(Linux.get(), from).find(Platform.host());
    };
  }

  private List<FoundImage> ofContainerd(ContainerdImages images) throws IOException {
    images
        .running()
        .ifPresent(process ->
            System.err.println(
                "note: containerd is running, as process %s; what comes and goes meanwhile may be missed"
                    .formatted(process)));
    return images.find(namespace, Platform.host());
  }

  @Override
  protected String failure() {
    return "cannot take over the images of " + owner;
  }
}
