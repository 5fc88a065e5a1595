package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes images, and tells what that frees. Stateless. */
final class Removal {
  private static final Logger log = LoggerFactory.getLogger(Removal.class);

  private Removal() {}

  /** Removes an image whatever names it has. */
  static ImageMessages.Removed whole(Images images, Image image) {
    Map<String, Long> before = images.layerBytes();
    images.remove(image.id());
    Set<String> left = images.layerBytes().keySet();
    long freed =
        before.entrySet().stream()
            .filter(layer -> !left.contains(layer.getKey()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    log.info("removed image {} {}", image.id(), names(image));
    return new ImageMessages.Removed(names(image), Optional.of(image.id()), freed);
  }

  static List<String> names(Image image) {
    List<String> names = new ArrayList<>(image.repoTags());
    names.addAll(image.repoDigests());
    return names;
  }
}
