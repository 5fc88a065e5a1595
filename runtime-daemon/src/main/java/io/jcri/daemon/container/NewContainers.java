package io.jcri.daemon.container;

import io.jcri.daemon.container.Container.ImageIdentity;
import io.jcri.daemon.core.Ids;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.life.ContainerEvent;
import io.jcri.daemon.life.ContainerLife;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of a container before anything is made of it: of the request, its pod and its image
 * what must be remembered.
 *
 * <p>Thread-safe.
 */
final class NewContainers {
  private static final Logger log = LoggerFactory.getLogger(NewContainers.class);
  private static final String DEFAULT_STOP_SIGNAL = "SIGTERM";

  private final Images images;
  private final Clock clock;
  private final String bootId;

  NewContainers(Images images, Clock clock, String bootId) {
    this.images = images;
    this.clock = clock;
    this.bootId = bootId;
  }

  /**
   * As it is before anything is made of it.
   *
   * @throws JcriException NOT_FOUND for the image, INVALID when nothing can be run of it
   * @throws io.jcri.oci.OciException SIGNATURE_VALIDATION_FAILED when the policy doesn't let it in
   */
  NewContainer of(Pod pod, ContainerConfig config) {
    Image image = runnable(config.imageSpec());
    ImageConfig fromImage = images.config(image);
    return new NewContainer(
        container(
            pod, config.withImageIds(name -> images.find(name).map(Image::id)), image, fromImage),
        image,
        fromImage);
  }

  private Image runnable(String name) {
    Image image = images.find(name).orElseThrow(() -> JcriException.notFound("image", name));
    if (image.artifact().isPresent()) {
      throw JcriException.invalid(
          "image %s is an artifact of type %s: it can be mounted as a volume, nothing can be run of it"
              .formatted(name, image.artifact().get()));
    }
    images.admit(image);
    return image;
  }

  private Container container(Pod pod, ContainerConfig config, Image image, ImageConfig fromImage) {
    return new Container(
        Ids.next(),
        pod.id(),
        config,
        identity(config, image),
        Optional.empty(),
        ContainerLife.on(Optional.empty(), ContainerEvent.CREATE).to().orElseThrow(),
        clock.nanos(),
        0,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        logFile(pod, config),
        stopSignal(config, image, fromImage),
        bootId);
  }

  /** One that an image has invented must not keep its containers from being stopped. */
  private static String stopSignal(ContainerConfig config, Image image, ImageConfig fromImage) {
    if (!config.stopSignal().isEmpty()) {
      return config.stopSignal();
    }
    String ofImage = fromImage.stopSignal();
    if (ofImage.isEmpty()) {
      return DEFAULT_STOP_SIGNAL;
    }
    try {
      int _ = StopSignals.number(ofImage);
      return ofImage;
    } catch (JcriException e) {
      log.warn("image {}: {}; {} is taken", image.id(), e.getMessage(), DEFAULT_STOP_SIGNAL);
      return DEFAULT_STOP_SIGNAL;
    }
  }

  private static ImageIdentity identity(ContainerConfig config, Image image) {
    return new ImageIdentity(
        image.id(),
        image.repoTags().isEmpty() ? config.imageSpec() : image.repoTags().getFirst(),
        image.repoDigests().isEmpty() ? image.id() : image.repoDigests().getFirst());
  }

  /** Either part empty means that nobody wants the log. */
  private static String logFile(Pod pod, ContainerConfig config) {
    String directory = pod.config().logDirectory();
    if (directory.isEmpty() || config.logPath().isEmpty()) {
      return "";
    }
    Path base = Path.of(directory).normalize();
    Path file = base.resolve(config.logPath()).normalize();
    if (!base.isAbsolute() || !file.startsWith(base)) {
      throw JcriException.invalid(
          "config.log_path %s leaves the pod's log directory %s"
              .formatted(config.logPath(), directory));
    }
    return file.toString();
  }
}
