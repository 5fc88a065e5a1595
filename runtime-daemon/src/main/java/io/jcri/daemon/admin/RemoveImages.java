package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * {@code remove}: a tag of an image that has others is taken away; anything else that means an
 * image removes it with all its names. A container that was made from it runs on.
 */
final class RemoveImages implements AdminHandler {
  private final Images images;

  RemoveImages(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    for (String name : call.arguments(ImageMessages.Named.class).images()) {
      if (images.find(name).isEmpty() && images.hasUnlisted(name)) {
        images.remove(name);
        call.answer(new ImageMessages.Removed(List.of(name), Optional.of(name), 0));
        continue;
      }
      Image image = images.require(name);
      Optional<String> tag = images.untag(name);
      call.answer(
          tag.isPresent()
              ? new ImageMessages.Removed(List.of(tag.get()), Optional.empty(), 0)
              : Removal.whole(images, image));
    }
  }
}
