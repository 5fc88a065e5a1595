package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.RemoveImageResponse;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.image.Images;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code RemoveImage}: by any of its names, with all of them. Idempotent: an image that is not
 * present is no error. The space is free when this returns. One that a container has as a volume is
 * refused, with FAILED_PRECONDITION.
 */
final class RemoveImage implements Call<RemoveImageRequest, RemoveImageResponse> {
  private static final Logger log = LoggerFactory.getLogger(RemoveImage.class);

  private final Images images;

  RemoveImage(Images images) {
    this.images = images;
  }

  @Override
  public RemoveImageResponse handle(RemoveImageRequest request) {
    String name = request.getImage().getImage();
    if (name.isEmpty()) {
      throw JcriException.invalid("image.image must not be empty");
    }
    images.remove(name);
    log.info("removed image {}", name);
    return RemoveImageResponse.getDefaultInstance();
  }
}
