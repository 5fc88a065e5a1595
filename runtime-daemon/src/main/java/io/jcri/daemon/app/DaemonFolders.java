package io.jcri.daemon.app;

import io.jcri.daemon.core.Layout;
import io.jcri.daemon.system.Folders;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The folders of {@link Layout}, with their modes, before anything is read in there. */
final class DaemonFolders {
  private DaemonFolders() {}

  /**
   * Makes them, or corrects their modes.
   *
   * @return what keeps another daemon off them, to be kept
   * @throws IOException naming the folder, also when another daemon has it
   */
  static List<FolderLock> prepare(Layout layout) throws IOException {
    Folders.base(layout.root());
    Folders.base(layout.state());
    Folders.own(layout.images(), Folders.PRIVATE);
    List<FolderLock> locks = new ArrayList<>();
    for (Path lock : layout.locks()) {
      locks.add(FolderLock.take(lock));
    }
    // Records and bundles hold the containers' environments, and those hold secrets, as checkpoints
    // do; images hold set-id programs.
    for (Path directory :
        List.of(
            layout.podRecords(),
            layout.containerRecords(),
            layout.containers(),
            layout.checkpoints(),
            layout.paused(),
            layout.restoring(),
            layout.temporary())) {
      Folders.own(directory, Folders.PRIVATE);
    }
    Folders.own(layout.pods(), "rwxr-xr-x");
    Folders.own(layout.userRoots(), "rwx--x--x");
    return locks;
  }
}
