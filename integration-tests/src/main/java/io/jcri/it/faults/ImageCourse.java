package io.jcri.it.faults;

import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.it.kit.Layer;
import io.jcri.it.kit.TarEntry;
import io.jcri.it.kit.TestImage;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * An image from its pull to its removal, by a client that tries again what fails. For one thread;
 * the results are read when it has ended.
 */
final class ImageCourse implements Course {
  private static final int LAYERS = 4;
  private static final int PUSHES = 20;
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final int LARGEST_FILE = 4 << 20;

  private final FaultNode node;
  private final Patience patience;
  private final String name;
  private final Random random;
  private final List<String> complaints = new ArrayList<>();

  /**
   * @param name of the image, nobody else's
   * @param seed for what is in it
   */
  ImageCourse(FaultNode node, String name, long seed) {
    this.node = node;
    this.name = name;
    this.random = new Random(seed);
    this.patience = new Patience(node.client());
  }

  @Override
  public List<String> complaints() {
    return complaints;
  }

  @Override
  public List<String> errors() {
    return patience.errors();
  }

  @Override
  public void run() {
    try {
      ImageSpec image = ImageSpec.newBuilder().setImage(push()).build();
      for (Patience.Clock clock = patience.clock(); clock.goesOn("PullImage of " + name); ) {
        var pull = PullImageRequest.newBuilder().setImage(image).build();
        if (patience.tryImages(stub -> stub.pullImage(pull)).isPresent()) {
          break;
        }
      }
      if (!isThere(image)) {
        complaints.add("image %s is not there though it was pulled".formatted(name));
      }
      for (Patience.Clock clock = patience.clock(); clock.goesOn("RemoveImage of " + name); ) {
        var removal = RemoveImageRequest.newBuilder().setImage(image).build();
        if (patience.tryImages(stub -> stub.removeImage(removal)).isPresent() && !isThere(image)) {
          return;
        }
      }
    } catch (IOException | RuntimeException e) {
      complaints.add("image %s: %s".formatted(name, e));
    } catch (InterruptedException e) {
      complaints.add("image %s was given up".formatted(name));
      Thread.currentThread().interrupt();
    }
  }

  /** Pushes it; again, when the registry dies over it. */
  private String push() throws IOException, InterruptedException {
    TestImage content = content();
    for (int attempt = 1; ; attempt++) {
      try {
        return node.registry().push(name, "1", content);
      } catch (IOException e) {
        if (attempt == PUSHES) {
          throw e;
        }
        Thread.sleep(PAUSE);
      }
    }
  }

  private boolean isThere(ImageSpec image) throws InterruptedException {
    var request = ImageStatusRequest.newBuilder().setImage(image).build();
    for (Patience.Clock clock = patience.clock(); clock.goesOn("ImageStatus of " + name); ) {
      var answer = patience.tryImages(stub -> stub.imageStatus(request).hasImage());
      if (answer.isPresent()) {
        return answer.get();
      }
    }
    return false;
  }

  /** Bytes that hardly get fewer, so that a pull takes its time. */
  private TestImage content() throws IOException {
    Layer[] layers = new Layer[LAYERS];
    for (int i = 0; i < LAYERS; i++) {
      byte[] bytes = new byte[random.nextInt(1, LARGEST_FILE)];
      random.nextBytes(bytes);
      layers[i] = Layer.of(TarEntry.file("file" + i, 0644, bytes));
    }
    return TestImage.of(layers);
  }
}
