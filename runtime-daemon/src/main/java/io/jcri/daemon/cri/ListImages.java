package io.jcri.daemon.cri;

import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListImagesResponse;
import io.jcri.daemon.image.Images;

/** {@code ListImages}: one row an image, with all its names; the filter is one image's name. */
final class ListImages implements Call<ListImagesRequest, ListImagesResponse> {
  private final Images images;

  ListImages(Images images) {
    this.images = images;
  }

  @Override
  public ListImagesResponse handle(ListImagesRequest request) {
    ListImagesResponse.Builder reply = ListImagesResponse.newBuilder();
    String wanted = request.getFilter().getImage().getImage();
    if (wanted.isEmpty()) {
      images.list().stream()
          .map(image -> ImageMessages.row(images, image))
          .forEach(reply::addImages);
    } else {
      images
          .find(wanted)
          .map(image -> ImageMessages.row(images, image))
          .ifPresent(reply::addImages);
    }
    return reply.build();
  }
}
