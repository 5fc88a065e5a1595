package io.jcri.daemon.admin;

import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageSpace;
import java.io.IOException;
import java.util.Map;
import java.util.Set;

/** {@code images}: every image, in the order of their IDs. */
final class ListImages implements AdminHandler {
  private final Images images;
  private final ImageUsers users;

  ListImages(Images images, ImageUsers users) {
    this.images = images;
    this.users = users;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    Map<String, Set<String>> used = users.byImage();
    for (ImageSpace space : images.spaces()) {
      Image image = space.image();
      call.answer(
          new ImageMessages.Row(
              image.id(),
              image.repoTags(),
              image.repoDigests(),
              image.size(),
              space.uniqueBytes(),
              space.sharedBytes(),
              images.pinned(image),
              used.getOrDefault(image.id(), Set.of()).size(),
              image.created()));
    }
  }
}
