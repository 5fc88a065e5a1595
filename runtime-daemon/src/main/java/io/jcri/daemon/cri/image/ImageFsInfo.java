package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.FilesystemIdentifier;
import io.jcri.cri.v1.FilesystemUsage;
import io.jcri.cri.v1.ImageFsInfoRequest;
import io.jcri.cri.v1.ImageFsInfoResponse;
import io.jcri.cri.v1.UInt64Value;
import io.jcri.daemon.cri.call.Call;
import io.jcri.daemon.image.Images;
import io.jcri.daemon.system.Clock;
import io.jcri.oci.image.FsUsage;

/** {@code ImageFsInfo}: what images and writable layers take; both lie on one file system. */
final class ImageFsInfo implements Call<ImageFsInfoRequest, ImageFsInfoResponse> {
  private final Images images;
  private final Clock clock;

  ImageFsInfo(Images images, Clock clock) {
    this.images = images;
    this.clock = clock;
  }

  @Override
  public ImageFsInfoResponse handle(ImageFsInfoRequest request) {
    FsUsage usage = images.usage();
    FilesystemUsage message =
        FilesystemUsage.newBuilder()
            .setTimestamp(clock.nanos())
            .setFsId(FilesystemIdentifier.newBuilder().setMountpoint(usage.path().toString()))
            .setUsedBytes(UInt64Value.newBuilder().setValue(usage.bytes()))
            .setInodesUsed(UInt64Value.newBuilder().setValue(usage.inodes()))
            .build();
    return ImageFsInfoResponse.newBuilder()
        .addImageFilesystems(message)
        .addContainerFilesystems(message)
        .build();
  }
}
