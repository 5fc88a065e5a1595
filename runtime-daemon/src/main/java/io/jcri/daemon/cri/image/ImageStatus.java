package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ImageStatusResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.cri.message.VerboseInfo;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.util.Optional;

/** {@code ImageStatus}: a reply without an image, not an error, when it is not present. */
final class ImageStatus implements Call<ImageStatusRequest, ImageStatusResponse> {
  private final Images images;

  ImageStatus(Images images) {
    this.images = images;
  }

  @Override
  public ImageStatusResponse handle(ImageStatusRequest request) {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw JcriException.invalid("image.image must not be empty");
    }
    Optional<Image> image = images.find(name);
    ImageStatusResponse.Builder reply = ImageStatusResponse.newBuilder();
    if (image.isPresent()) {
      reply.setImage(ImageMessages.row(images, image.get()));
      if (request.getVerbose()) {
        reply.putAllInfo(
            VerboseInfo.ofImage(
                image.get(), images.config(image.get()), images.labels(image.get())));
      }
    }
    return reply.build();
  }
}
