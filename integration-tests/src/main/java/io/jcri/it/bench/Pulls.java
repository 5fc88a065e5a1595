package io.jcri.it.bench;

import io.jcri.it.kit.Command;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Pulls from a registry of this machine; what was pulled is removed again.
 *
 * <p>What the large image costs at least: its stages one after the other and each alone, on the two
 * processors that pulled it in 7.6 s (containerd in 15.7 s). 561 MB in 6 layers become 1006 MB in
 * 8180 files.
 *
 * <pre>
 * read from the registry       curl                 0.7 to 0.9 s   0.4 s of it processor, 0.5 s the registry
 * SHA-256 of the blobs         openssl              0.6 s
 * inflate                      ISA-L, in a pull     4.0 s          gzip 10.8 s
 * SHA-256 of the tar bytes     openssl              0.9 to 1.0 s
 * tar headers                  tar -t               0.07 s
 * files, in the page cache     tar -x               5.0 to 7.1 s   all of it system time
 * disk                         sync after it        3.7 to 5.4 s   no processor
 * </pre>
 *
 * So 11.5 s of two processors, 5.8 s, as long as the disk works beside them. A pull takes 6 to 8 s
 * of user and 1.7 to 2.4 s of system time in the worker, 0.15 s in the daemon and 0.5 s in the
 * registry; the worker has 235 MB at its peak, 67 MB of them after a small pull. In the first pulls
 * of a worker 1 to 2 s more go to its compilers.
 */
final class Pulls {
  private Pulls() {}

  static void rounds(List<Rival> rivals, BenchImages images, int large, int small)
      throws IOException {
    for (Rival rival : rivals) {
      rival.pull(images.small());
      rival.removeImage(images.small());
    }
    for (int i = 0; i < small; i++) {
      for (Rival rival : rivals) {
        pull(rival, images.small(), Figure.PULL_SMALL, Optional.empty());
      }
    }
    for (int i = 0; i < large; i++) {
      for (Rival rival : rivals) {
        pull(rival, images.large(), Figure.PULL_LARGE, Optional.of(Figure.PULL_LARGE_CPU));
      }
      for (Rival rival : rivals) {
        pull(rival, images.single(), Figure.PULL_SINGLE, Optional.empty());
      }
      for (Rival rival : rivals) {
        pull(rival, images.zstd(), Figure.PULL_ZSTD, Optional.of(Figure.PULL_ZSTD_CPU));
      }
      for (Rival rival : rivals) {
        pullTen(rival, images.large());
      }
    }
    for (Rival rival : rivals) {
      rival.figures().of(Figure.PULL_PEAK).add(new ProcessTree(rival.pid()).peakMiB());
    }
  }

  /** As the kubelet does for the pods of a cold node. */
  private static void pullTen(Rival rival, String image) throws IOException {
    Command.of("sync").run();
    long begin = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> pulls = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        pulls.add(threads.submit(() -> rival.pull(image)));
      }
      for (Future<?> pull : pulls) {
        pull.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IOException("one of ten pulls at once failed", e);
    }
    rival.figures().of(Figure.PULL_TEN).add((System.nanoTime() - begin) / 1e9);
    rival.removeImage(image);
  }

  private static void pull(Rival rival, String image, Figure time, Optional<Figure> processor)
      throws IOException {
    Command.of("sync").run(); // or the writes of the round before are paid for here
    ProcessTree tree = new ProcessTree(rival.pid());
    double before = tree.processorSeconds();
    long begin = System.nanoTime();
    rival.pull(image);
    rival.figures().of(time).add((System.nanoTime() - begin) / 1e9);
    if (processor.isPresent()) {
      rival.figures().of(processor.get()).add(tree.processorSeconds() - before);
    }
    rival.removeImage(image);
  }
}
