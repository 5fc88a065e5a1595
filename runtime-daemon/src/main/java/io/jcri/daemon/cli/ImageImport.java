package io.jcri.daemon.cli;

import io.jcri.daemon.admin.AdminClient;
import io.jcri.daemon.admin.AdminException;
import io.jcri.daemon.admin.ImageMessages;
import io.jcri.daemon.admin.LoadMessages;
import io.jcri.daemon.cli.kit.ShortId;
import io.jcri.daemon.cli.kit.Terminal;
import io.jcri.daemon.imports.ForeignImage;
import io.jcri.daemon.imports.FoundImage;
import io.jcri.daemon.imports.ImageArchive;
import io.jcri.daemon.imports.ImportException;
import io.jcri.daemon.imports.UnusableImage;
import io.jcri.oci.Digest;
import io.jcri.oci.OciException.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntPredicate;
import picocli.CommandLine;

/**
 * Gives the daemon another runtime's images, one after the other, since an archive is on the disk
 * while it is loaded. Layers that the daemon has are not sent. One use.
 */
final class ImageImport {
  private static final int SOME_LEFT_OUT = 3;

  private final AdminClient daemon;
  private final boolean dry;

  /** What the daemon has, by ID. */
  private final Map<String, ImageMessages.Row> here = new HashMap<>();

  /** Diff IDs, from the lowest, of layers that the daemon has above each other. */
  private final Set<List<Digest>> stacks = new HashSet<>();

  private int imported;
  private int there;
  private int leftOut;

  ImageImport(AdminClient daemon, boolean dry) {
    this.daemon = daemon;
    this.dry = dry;
  }

  /**
   * Takes them over.
   *
   * @return the exit status
   * @throws IOException when the daemon is not there, or no longer
   */
  int run(List<FoundImage> found) throws IOException {
    daemon.ask(
        "images", new ImageMessages.All(), ImageMessages.Row.class, row -> here.put(row.id(), row));
    for (int i = 0; i < found.size(); i++) {
      switch (found.get(i)) {
        case UnusableImage image -> leaveOut(image.called(), image.reason());
        case ForeignImage image -> take(image, "%d of %d".formatted(i + 1, found.size()));
      }
    }
    System.out.printf("%s %d, already there %d, left out %d%n", taken(), imported, there, leftOut);
    return leftOut == 0 ? CommandLine.ExitCode.OK : SOME_LEFT_OUT;
  }

  private String taken() {
    return dry ? "would import" : "imported";
  }

  private void leaveOut(List<String> called, String reason) {
    leftOut++;
    System.err.println("left out " + String.join(" ", called) + ": " + reason);
  }

  private void take(ForeignImage whole, String place) throws IOException {
    List<String> others = othersTags(whole);
    ForeignImage image = others.isEmpty() ? whole : whole.without(others);
    others.forEach(
        tag -> System.err.println("note: " + tag + " is another image here, and stays that"));
    if (isHere(image)) {
      there++;
      remember(image);
      print("already there", image);
      return;
    }
    if (here.containsKey(image.id().toString())) {
      remember(image);
    }
    if (!dry) {
      try {
        load(image, place);
      } catch (AdminException | ImportException e) {
        leaveOut(image.called(), String.valueOf(e.getMessage()));
        return;
      }
    }
    imported++;
    remember(image);
    print(taken(), image);
  }

  private List<String> othersTags(ForeignImage image) {
    return image.tags().stream()
        .filter(tag ->
            here.values().stream()
                .anyMatch(
                    row -> !row.id().equals(image.id().toString()) && row.tags().contains(tag)))
        .toList();
  }

  private boolean isHere(ForeignImage image) {
    ImageMessages.Row row = here.get(image.id().toString());
    return row != null
        && row.tags().containsAll(image.tags())
        && row.digests().containsAll(image.digests())
        && (row.pinned() || !image.pinned());
  }

  private void remember(ForeignImage image) {
    for (int i = 0; i < image.diffIds().size(); i++) {
      stacks.add(List.copyOf(image.diffIds().subList(0, i + 1)));
    }
  }

  private static void print(String what, ForeignImage image) {
    System.out.println(
        String.join(" ", what, image.id().toString(), String.join(" ", image.called())));
  }

  private void load(ForeignImage image, String place) throws IOException {
    List<Digest> diffIds = image.diffIds();
    IntPredicate missing =
        i -> diffIds.size() != image.layers().size() || !stacks.contains(diffIds.subList(0, i + 1));
    try {
      send(image, missing, place);
    } catch (AdminException e) {
      // What was there may have been removed meanwhile.
      if (!e.kind().equals(Kind.NOT_FOUND.name())) {
        throw e;
      }
      send(image, i -> true, place);
    }
  }

  private void send(ForeignImage image, IntPredicate wanted, String place) throws IOException {
    List<LoadMessages.Loaded> loaded = new ArrayList<>();
    try (ImageArchive archive = new ImageArchive(image, wanted);
        ImportProgress _ =
            new ImportProgress(
                place + " " + ShortId.of(image.id().toString()), archive, Terminal.isThere())) {
      try {
        daemon.ask(
            "load",
            new LoadMessages.Load(List.of(), image.pinned()),
            Optional.of(archive),
            LoadMessages.Loaded.class,
            loaded::add,
            OutputStream.nullOutputStream());
      } catch (IOException e) {
        // Then the daemon can only say that no more has come.
        throw archive.failure().isPresent()
            ? new ImportException(String.valueOf(archive.failure().get().getMessage()), e)
            : e;
      }
    }
    if (loaded.stream().noneMatch(one -> one.id().equals(image.id().toString()))) {
      throw new ImportException(
          "the daemon has made %s of it, not %s"
              .formatted(loaded.stream().map(LoadMessages.Loaded::id).toList(), image.id()));
    }
  }
}
