package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.StreamImagesRequest;
import io.jcri.cri.v1.StreamImagesResponse;
import io.jcri.daemon.cri.call.ListParts;
import io.jcri.daemon.cri.call.PacedReplies;
import io.jcri.daemon.cri.call.StreamCall;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;

/** {@code StreamImages}: {@link ListImages} in parts. */
public final class StreamImages implements StreamCall<StreamImagesRequest, StreamImagesResponse> {
  private final Images images;

  public StreamImages(Images images) {
    this.images = images;
  }

  @Override
  public void handle(StreamImagesRequest request, PacedReplies<StreamImagesResponse> replies)
      throws InterruptedException {
    ListParts<io.jcri.cri.v1.Image> parts =
        new ListParts<>(
            rows -> replies.send(StreamImagesResponse.newBuilder().addAllImages(rows).build()));
    for (Image image : ListImages.select(images, request.getFilter())) {
      parts.add(ImageMessages.row(images, image));
    }
    parts.end();
  }
}
