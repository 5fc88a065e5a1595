package io.jcri.daemon.admin;

import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageSpace;
import java.io.IOException;
import java.util.Optional;

/**
 * {@code prune}: removes the images that no container uses and that are not pinned; only those
 * without a tag, unless all of them are asked for.
 */
final class PruneImages implements AdminHandler {
  private final Images images;
  private final ImageUsers users;

  PruneImages(Images images, ImageUsers users) {
    this.images = images;
    this.users = users;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    ImageMessages.Prune prune = call.arguments(ImageMessages.Prune.class);
    for (ImageSpace space : images.spaces()) {
      // Looked at again for each: a container may have been made meanwhile.
      Image image = space.image();
      if (goes(image, prune.all())) {
        call.answer(
            prune.dry()
                ? new ImageMessages.Removed(
                    Removal.names(image), Optional.of(image.id()), space.uniqueBytes())
                : Removal.whole(images, image));
      }
    }
  }

  private boolean goes(Image image, boolean all) {
    return (all || image.repoTags().isEmpty())
        && !images.pinned(image)
        && users.of(image.id()).isEmpty();
  }
}
