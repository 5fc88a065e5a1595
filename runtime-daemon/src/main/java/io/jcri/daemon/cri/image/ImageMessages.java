package io.jcri.daemon.cri.image;

import io.jcri.cri.v1.ImageSpec;
import io.jcri.cri.v1.Int64Value;
import io.jcri.daemon.image.Images;
import io.jcri.oci.image.Image;
import java.util.OptionalLong;

/** Images as CRI tells of them. */
final class ImageMessages {
  private ImageMessages() {}

  static io.jcri.cri.v1.Image row(Images images, Image image) {
    io.jcri.cri.v1.Image.Builder message =
        io.jcri.cri.v1.Image.newBuilder()
            .setId(image.id())
            .addAllRepoTags(image.repoTags())
            .addAllRepoDigests(image.repoDigests())
            .setSize(image.size())
            .setSpec(ImageSpec.newBuilder().setImage(image.id()))
            .setPinned(images.pinned(image));
    setUser(message, image.user());
    return message.build();
  }

  /** The image's user without its group: a number is a uid, anything else a name. */
  private static void setUser(io.jcri.cri.v1.Image.Builder message, String user) {
    int colon = user.indexOf(':');
    String name = colon < 0 ? user : user.substring(0, colon);
    OptionalLong uid = uid(name);
    if (name.isEmpty()) {
      message.setUid(Int64Value.newBuilder().setValue(0));
    } else if (uid.isPresent()) {
      message.setUid(Int64Value.newBuilder().setValue(uid.getAsLong()));
    } else {
      message.setUsername(name);
    }
  }

  private static OptionalLong uid(String text) {
    try {
      long uid = Long.parseLong(text);
      return uid >= 0 && uid <= 0xFFFF_FFFFL ? OptionalLong.of(uid) : OptionalLong.empty();
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
