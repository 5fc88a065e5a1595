package io.jcri.shim;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The control group that shims are in, as processes: one that does not end with the daemon's own.
 * Safe for any thread.
 */
public interface ShimHome {
  /** None: shims stay where the daemon is. */
  ShimHome NONE =
      new ShimHome() {
        @Override
        public Optional<Path> cgroup() {
          return Optional.empty();
        }

        @Override
        public void take(int pid) {}
      };

  /**
   * Returns the directory of the group (version 2) that the next shim is born in, once it exists.
   */
  Optional<Path> cgroup();

  /**
   * Takes in a shim that was started while there was none. One that cannot be stays where it is.
   */
  void take(int pid);
}
