package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.ImageFilter;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListImagesResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.util.List;

/** {@code ListImages}: one row an image, with all its names; the filter is one image's name. */
public final class ListImages implements Call<ListImagesRequest, ListImagesResponse> {
  private final Images images;

  public ListImages(Images images) {
    this.images = images;
  }

  @Override
  public Kind kind() {
    return Kind.LIST;
  }

  @Override
  public ListImagesResponse handle(ListImagesRequest request) {
    ListImagesResponse.Builder reply = ListImagesResponse.newBuilder();
    select(images, request.getFilter()).stream()
        .map(image -> ImageMessages.row(images, image))
        .forEach(reply::addImages);
    return reply.build();
  }

  static List<Image> select(Images images, ImageFilter filter) {
    String wanted = filter.getImage().getImage();
    return wanted.isEmpty() ? images.list() : images.find(wanted).stream().toList();
  }
}
