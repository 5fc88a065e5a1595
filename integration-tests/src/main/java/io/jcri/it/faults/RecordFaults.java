package io.jcri.it.faults;

import io.jcri.cri.v1.Container;
import io.jcri.cri.v1.ListContainersRequest;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What happens to what the daemon has on disk, while it is down. */
final class RecordFaults {
  private RecordFaults() {}

  /** A record, by what {@link RecordKind} calls it. */
  private record Found(RecordKind kind, String name, Path file) {}

  /** Damages one record of one kind among those that are there. */
  static Fault damaged(Random random) {
    int how = random.nextInt(4);
    return round -> {
      Optional<String> container = round.runningContainer();
      round.sleepUpTo(300);
      Map<String, String> pods = pods(round.node());
      round.node().daemon().kill();
      Optional<Found> record;
      try {
        record = damageOne(round, how, pods);
      } finally {
        round.node().daemon().start();
      }
      if (record.isEmpty()) {
        round.miss("no record, " + container);
      }
      if (record.isPresent() && record.get().kind().loss() == RecordKind.Loss.IMAGE) {
        round.node().client().pull(round.node().image()); // as a kubelet does that finds it missing
      }
    };
  }

  private static Optional<Found> damageOne(Round round, int how, Map<String, String> pods)
      throws IOException {
    Map<RecordKind, List<Found>> found =
        records(round.node()).stream()
            .collect(Collectors.groupingBy(Found::kind, TreeMap::new, Collectors.toList()));
    Optional<Found> record =
        round
            .pick(List.copyOf(found.keySet()))
            .flatMap(kind -> round.pick(found.getOrDefault(kind, List.of())));
    if (record.isPresent()) {
      String done = damage(record.get().file(), how, round.random());
      round.tell("%s, %s".formatted(record.get().name(), done));
      excuse(round, record.get(), pods);
    }
    return record;
  }

  private static void excuse(Round round, Found record, Map<String, String> pods) {
    String owner = record.kind().owner(record.name()).orElse("");
    switch (record.kind().loss()) {
      case NOTHING, IMAGE -> {}
      case CONTAINER -> {
        round.excuses().unrecord();
        round.excuses().harm(owner);
      }
      case CONTAINERS_OF_POD -> {
        round.excuses().unrecord();
        pods.forEach((container, pod) -> {
          if (pod.equals(owner)) {
            round.excuses().harm(container);
          }
        });
      }
    }
  }

  /** The pod of each container. */
  private static Map<String, String> pods(FaultNode node) {
    return node
        .client()
        .runtime()
        .listContainers(ListContainersRequest.getDefaultInstance())
        .getContainersList()
        .stream()
        .collect(Collectors.toMap(Container::getId, Container::getPodSandboxId));
  }

  private static List<Found> records(FaultNode node) throws IOException {
    List<Found> found = new ArrayList<>();
    collect("lib", node.daemon().root(), found);
    collect("run", node.daemon().state(), found);
    collect("cni", node.networkCache(), found);
    return found;
  }

  private static void collect(String name, Path folder, List<Found> found) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            return isContent(each) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              String path = name + "/" + folder.relativize(file);
              RecordKind.of(path).ifPresent(kind -> found.add(new Found(kind, path, file)));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException gone) {
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Containers' and images' own files, and what is mounted for pods. */
  private static boolean isContent(Path folder) {
    return List.of("diff", "upper", "work", "rootfs", "fs", "blobs", "ns", "shm")
        .contains(String.valueOf(folder.getFileName()));
  }

  private static String damage(Path file, int how, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    return switch (how) {
      case 0 -> {
        Files.write(file, new byte[0]);
        yield "emptied";
      }
      case 1 -> {
        int length = random.nextInt(bytes.length + 1);
        Files.write(file, Arrays.copyOf(bytes, length));
        yield "cut at %d of %d".formatted(length, bytes.length);
      }
      case 2 -> {
        if (bytes.length > 0) {
          int place = random.nextInt(bytes.length);
          bytes[place] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, bytes);
          yield "a bit flipped at %d of %d".formatted(place, bytes.length);
        }
        yield "empty as it was";
      }
      default -> {
        Files.delete(file);
        yield "deleted";
      }
    };
  }
}
