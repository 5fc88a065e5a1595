package io.jcri.daemon.container;

import io.jcri.daemon.record.Registry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which containers, running or not, were made from an image or show one as a volume. Stateless. */
public final class ImageUsers {
  private final Registry<Container> containers;

  public ImageUsers(Registry<Container> containers) {
    this.containers = containers;
  }

  /** The IDs of containers by the ID of each image that is in use. */
  public Map<String, Set<String>> byImage() {
    Map<String, Set<String>> users = new HashMap<>();
    for (Container container : containers.all()) {
      add(users, container.image().id(), container.id());
      container.config().mounts().stream()
          .flatMap(mount -> mount.image().flatMap(ImageVolume::id).stream())
          .forEach(image -> add(users, image, container.id()));
    }
    return users;
  }

  /** The IDs of the containers that use an image. */
  public Set<String> of(String imageId) {
    return Optional.ofNullable(byImage().get(imageId)).orElse(Set.of());
  }

  private static void add(Map<String, Set<String>> users, String image, String container) {
    users.computeIfAbsent(image, id -> new TreeSet<>()).add(container);
  }
}
