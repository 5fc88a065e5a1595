package io.jcri.daemon.cri;

import io.grpc.stub.StreamObserver;
import io.jcri.cri.v1.ImageFsInfoRequest;
import io.jcri.cri.v1.ImageFsInfoResponse;
import io.jcri.cri.v1.ImageServiceGrpc.ImageServiceImplBase;
import io.jcri.cri.v1.ImageStatusRequest;
import io.jcri.cri.v1.ImageStatusResponse;
import io.jcri.cri.v1.ListImagesRequest;
import io.jcri.cri.v1.ListImagesResponse;
import io.jcri.cri.v1.PullImageRequest;
import io.jcri.cri.v1.PullImageResponse;
import io.jcri.cri.v1.RemoveImageRequest;
import io.jcri.cri.v1.RemoveImageResponse;
import io.jcri.cri.v1.StreamImagesRequest;
import io.jcri.cri.v1.StreamImagesResponse;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.system.Clock;

/** The image service's table of calls: which handler answers which. */
public final class ImageService extends ImageServiceImplBase {
  private final ListImages listImages;
  private final StreamImages streamImages;
  private final ImageStatus imageStatus;
  private final PullImage pullImage;
  private final RemoveImage removeImage;
  private final ImageFsInfo imageFsInfo;

  public ImageService(Images images, Clock clock) {
    this.listImages = new ListImages(images);
    this.streamImages = new StreamImages(images);
    this.imageStatus = new ImageStatus(images);
    this.pullImage = new PullImage(images);
    this.removeImage = new RemoveImage(images);
    this.imageFsInfo = new ImageFsInfo(images, clock);
  }

  @Override
  public void listImages(ListImagesRequest request, StreamObserver<ListImagesResponse> observer) {
    Unary.answer(listImages, request, observer);
  }

  @Override
  public void streamImages(
      StreamImagesRequest request, StreamObserver<StreamImagesResponse> observer) {
    Streaming.answer(streamImages, request, observer);
  }

  @Override
  public void imageStatus(
      ImageStatusRequest request, StreamObserver<ImageStatusResponse> observer) {
    Unary.answer(imageStatus, request, observer);
  }

  @Override
  public void pullImage(PullImageRequest request, StreamObserver<PullImageResponse> observer) {
    LongCalls.answer(pullImage, request, observer);
  }

  @Override
  public void removeImage(
      RemoveImageRequest request, StreamObserver<RemoveImageResponse> observer) {
    Unary.answer(removeImage, request, observer);
  }

  @Override
  public void imageFsInfo(
      ImageFsInfoRequest request, StreamObserver<ImageFsInfoResponse> observer) {
    Unary.answer(imageFsInfo, request, observer);
  }
}
