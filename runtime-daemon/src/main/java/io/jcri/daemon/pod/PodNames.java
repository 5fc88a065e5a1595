package io.jcri.daemon.pod;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.core.JcriException.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who has which name. A name belongs to one pod from the moment its creation begins until its
 * record is gone.
 *
 * <p>Thread-safe.
 */
final class PodNames {
  private final Map<PodMetadata, String> owners = new ConcurrentHashMap<>();

  Optional<String> owner(PodMetadata name) {
    return Optional.ofNullable(owners.get(name));
  }

  void reserve(PodMetadata name, String id) {
    @Nullable String owner = owners.putIfAbsent(name, id);
    if (owner != null && !owner.equals(id)) {
      throw new JcriException(
          Kind.ALREADY_EXISTS, "pod " + name + " exists already as sandbox " + owner);
    }
  }

  void release(PodMetadata name, String id) {
    owners.remove(name, id);
  }
}
