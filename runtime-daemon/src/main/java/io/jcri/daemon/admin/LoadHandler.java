package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.image.ArchiveWish;
import io.jcri.oci.image.Image;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code load}: takes up the images of an archive. */
final class LoadHandler implements AdminHandler {
  private static final Logger log = LoggerFactory.getLogger(LoadHandler.class);

  private final Images images;

  LoadHandler(Images images) {
    this.images = images;
  }

  @Override
  public boolean takesContent() {
    return true;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    LoadMessages.Load load = call.arguments(LoadMessages.Load.class);
    ArchiveWish wish = new ArchiveWish(load.names(), load.pinned());
    for (Image image : images.load(call.content(), wish)) {
      log.info("loaded image {} {}", image.id(), String.join(" ", image.repoTags()));
      call.answer(new LoadMessages.Loaded(image.id(), image.repoTags()));
    }
  }
}
