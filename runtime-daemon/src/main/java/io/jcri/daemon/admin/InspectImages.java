package io.jcri.daemon.admin;

import io.jcri.daemon.container.ImageUsers;
import io.jcri.daemon.image.Images;
import io.jcri.oci.OciException;
import io.jcri.oci.image.Image;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.image.ImageSpace;
import io.jcri.oci.image.SeekableLayer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

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
        layers(space, images.seekable(image)));
  }

  private static List<ImageMessages.Layer> layers(ImageSpace space, List<SeekableLayer> seekable) {
    return space.layers().stream()
        .map(layer -> {
          Optional<SeekableLayer> packed =
              seekable.stream().filter(one -> one.diffId().equals(layer.diffId())).findFirst();
          return new ImageMessages.Layer(
              layer.diffId(),
              layer.bytes(),
              layer.shared(),
              packed.map(SeekableLayer::format),
              packed.map(SeekableLayer::contents));
        })
        .toList();
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
