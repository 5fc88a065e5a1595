package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.OciException;
import io.jcri.oci.image.Image;
import java.io.IOException;

/** {@code pin}: marks images as ones that neither the kubelet nor {@code prune} removes, or not. */
final class PinImages implements AdminHandler {
  private final Images images;

  PinImages(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    ImageMessages.Pin pin = call.arguments(ImageMessages.Pin.class);
    for (String name : pin.images()) {
      Image image = images.pin(name, pin.pinned());
      if (images.pinned(image) != pin.pinned()) {
        throw new OciException(
            OciException.Kind.FAILED_PRECONDITION,
            "image " + name + " stays pinned: the configuration says so (images.pinned)");
      }
      call.answer(new ImageMessages.Changed(image.id(), image.repoTags(), pin.pinned()));
    }
  }
}
