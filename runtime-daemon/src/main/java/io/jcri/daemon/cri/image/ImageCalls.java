package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.ImageServiceGrpc;
import io.jcri.daemon.cri.call.CallGroup;
import io.jcri.daemon.cri.call.CallTable;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.runtime.Handlers;
import io.jcri.daemon.system.Clock;

/** The image service. */
public record ImageCalls(Images images, Handlers handlers, Clock clock) implements CallGroup {
  @Override
  public void addTo(CallTable table) {
    table.unary(ImageServiceGrpc.getListImagesMethod(), new ListImages(images)).stream(
            ImageServiceGrpc.getStreamImagesMethod(), new StreamImages(images))
        .unary(ImageServiceGrpc.getImageStatusMethod(), new ImageStatus(images))
        .slow(ImageServiceGrpc.getPullImageMethod(), new PullImage(images, handlers))
        .unary(ImageServiceGrpc.getRemoveImageMethod(), new RemoveImage(images))
        .unary(ImageServiceGrpc.getImageFsInfoMethod(), new ImageFsInfo(images, clock));
  }
}
