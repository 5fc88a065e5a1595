package io.jcri.daemon.admin;

import io.jcri.daemon.image.Images;
import io.jcri.oci.image.SaveOptions;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** {@code save}: writes images into an archive. */
final class SaveHandler implements AdminHandler {
  private static final int BUFFER = 256 << 10;

  private final Images images;

  SaveHandler(Images images) {
    this.images = images;
  }

  @Override
  public void handle(AdminCall call) throws IOException {
    SaveMessages.Save save = call.arguments(SaveMessages.Save.class);
    OutputStream out = new BufferedOutputStream(call.output(), BUFFER);
    images.save(save.images(), new SaveOptions(save.format(), save.compression()), out);
    out.flush();
  }
}
