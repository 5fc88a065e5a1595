package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.io.IOException;

/** {@code tag}: gives an image one more name, which another image may lose by it. */
final class TagImage implements AdminHandler {
  private final Images images;

  TagImage(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    ImageMessages.Tag tag = call.arguments(ImageMessages.Tag.class);
    Image image = images.tag(tag.source(), tag.name());
    call.answer(new ImageMessages.Changed(image.id(), image.repoTags(), images.pinned(image)));
  }
}
