package io.jcri.daemon.admin;

import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.image.Images;
import io.jcri.oci.OciException;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.image.ImageSpace;
import java.io.IOException;

/** {@code inspect}: all about some images, in the order they were asked for. */
final class InspectImages implements AdminHandler {
  private final Images images;
  private final ImageUsers users;

  InspectImages(Images images, ImageUsers users) {
    this.images = images;
    this.users = users;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    for (String name : call.arguments(ImageMessages.Named.class).images()) {
      call.answer(details(images.require(name)));
    }
  }

  private ImageMessages.Details details(Image image) {
    ImageSpace space =
        images.spaces().stream()
            .filter(one -> one.image().id().equals(image.id()))
            .findFirst()
            .orElseThrow(() ->
                new OciException(
                    OciException.Kind.NOT_FOUND, "image " + image.id() + " has been removed"));
    return new ImageMessages.Details(
        image.id(),
        image.repoTags(),
        image.repoDigests(),
        image.platform(),
        image.size(),
        space.uniqueBytes(),
        space.sharedBytes(),
        images.pinned(image),
        image.created(),
        users.of(image.id()),
        config(images.config(image)),
        images.labels(image),
        space.layers().stream()
            .map(layer ->
                new ImageMessages.Layer(layer.diffId().toString(), layer.bytes(), layer.shared()))
            .toList());
  }

  private static ImageMessages.Config config(ImageConfig config) {
    return new ImageMessages.Config(
        config.user(),
        config.env(),
        config.entrypoint(),
        config.command(),
        config.workingDirectory(),
        config.volumes(),
        config.stopSignal(),
        config.exposedPorts());
  }
}
